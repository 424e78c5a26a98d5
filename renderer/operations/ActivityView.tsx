import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { t } from '../strings/t.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import classes from './Activity.module.css'
import { OperationCard } from './OperationCard.tsx'
import type { OperationsStore } from './store.ts'

export interface ActivityViewProps {
  readonly store: OperationsStore
  readonly planes: readonly Plane[]
  /** Shows only the operations of this plane; absent: all. */
  readonly planeId?: string
  /** The operation that the address names: open, and in view. */
  readonly item?: string | undefined
  readonly onItem: (operationId: string) => void
  readonly onProblem: (problem: ProblemReport | undefined) => void
  readonly onOpen: (planeId: string, tab: 'install') => void
}

/** The operations of one plane, or of all planes. */
export function ActivityView({ store, planes, planeId, item, onItem, onProblem, onOpen }: ActivityViewProps) {
  const operations = useStore(store, (state) => state.operations)
  const problem = useStore(store, (state) => state.problem)
  const shown = operations?.filter((operation) => planeId === undefined || operation.planeId === planeId)
  return (
    <div className={classes.activity}>
      {planeId === undefined && <h1 className={classes.heading}>{t('operations.title')}</h1>}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {shown === undefined && problem === undefined && <Loading what={t('operations.loading')} />}
      {shown !== undefined && item !== undefined && shown.every(({ id }) => id !== item) && (
        <Notice tone="warn" role="status" title={t('operations.gone')} />
      )}
      {shown?.length === 0 && (
        <EmptyState drawing="clock" title={t('operations.emptyTitle')}>
          {t('operations.empty')}
        </EmptyState>
      )}
      {shown?.map((operation) => (
        <OperationCard
          key={operation.id}
          operation={operation}
          store={store}
          planeName={planeId === undefined ? planes.find(({ id }) => id === operation.planeId)?.name : undefined}
          current={operation.id === item}
          onOpened={() => onItem(operation.id)}
          folded={operation.state === 'done' || operation.state === 'cancelled'}
          onProblem={onProblem}
          onUninstall={() => onOpen(operation.planeId, 'install')}
        />
      ))}
    </div>
  )
}
