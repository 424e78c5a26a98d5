import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { Blank, Loading } from '../ui/Blank.tsx'
import { ProblemNotice } from '../ui/Notice.tsx'
import classes from './Activity.module.css'
import { OperationCard } from './OperationCard.tsx'
import type { OperationsStore } from './store.ts'

export interface ActivityViewProps {
  readonly store: OperationsStore
  readonly planes: readonly Plane[]
  /** Only this plane's; absent: everything. */
  readonly planeId?: string
  readonly onProblem: (problem: ProblemReport | undefined) => void
  readonly onOpen: (planeId: string, tab: 'install') => void
}

/** What is being done, what was done, and what was cut off. */
export function ActivityView({ store, planes, planeId, onProblem, onOpen }: ActivityViewProps) {
  const operations = useStore(store, (state) => state.operations)
  const problem = useStore(store, (state) => state.problem)
  const shown = operations?.filter((operation) => planeId === undefined || operation.planeId === planeId)
  return (
    <div className={classes.activity}>
      {planeId === undefined && <h1 className={classes.heading}>Activity</h1>}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {shown === undefined && problem === undefined && <Loading what="activity" />}
      {shown?.length === 0 && (
        <Blank title="Nothing has been done yet">
          Installing, uninstalling and collecting logs show here, step by step, and stay here when they are done.
        </Blank>
      )}
      {shown?.map((operation) => (
        <OperationCard
          key={operation.id}
          operation={operation}
          store={store}
          planeName={planeId === undefined ? planes.find(({ id }) => id === operation.planeId)?.name : undefined}
          folded={operation.state === 'done' || operation.state === 'cancelled'}
          onProblem={onProblem}
          onUninstall={() => onOpen(operation.planeId, 'install')}
        />
      ))}
    </div>
  )
}
