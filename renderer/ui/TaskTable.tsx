import type { ManagementModel } from '../../preload/contract/profiles.ts'
import { t } from '../strings/t.ts'
import classes from './Table.module.css'

export interface TaskTableProps {
  readonly tasks: ManagementModel['tasks']
  readonly caption: string
}

/** The tasks of a management model, with who does each and who is accountable for it. */
export function TaskTable({ tasks, caption }: TaskTableProps) {
  const accountable = tasks.some((task) => task.accountable !== undefined)
  return (
    <table className={classes.table}>
      <caption className="hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t('ui.tasks.task')}</th>
          <th scope="col">{t('ui.tasks.responsible')}</th>
          {accountable && <th scope="col">{t('ui.tasks.accountable')}</th>}
        </tr>
      </thead>
      <tbody>
        {tasks.map(({ task, responsible, accountable: answers }) => (
          <tr key={task}>
            <td>{task}</td>
            <td>{t(`ui.tasks.party.${responsible}`)}</td>
            {accountable && <td>{t(`ui.tasks.party.${answers ?? responsible}`)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
