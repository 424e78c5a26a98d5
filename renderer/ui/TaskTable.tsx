import type { ManagementModel } from '../../preload/contract/profiles.ts'
import classes from './Table.module.css'

const parties = { vendor: 'Vendor', customer: 'You', both: 'Both' } as const

export interface TaskTableProps {
  readonly tasks: ManagementModel['tasks']
  readonly caption: string
}

/** The tasks of a management model, with who does each and who answers for it. */
export function TaskTable({ tasks, caption }: TaskTableProps) {
  const accountable = tasks.some((task) => task.accountable !== undefined)
  return (
    <table className={classes.table}>
      <caption className="hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Task</th>
          <th scope="col">Done by</th>
          {accountable && <th scope="col">Answers for it</th>}
        </tr>
      </thead>
      <tbody>
        {tasks.map(({ task, responsible, accountable: answers }) => (
          <tr key={task}>
            <td>{task}</td>
            <td>{parties[responsible]}</td>
            {accountable && <td>{parties[answers ?? responsible]}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
