import { useMemo } from 'react'
import { useStore } from 'zustand'
import { workloads } from '../strings/en/workloads.ts'
import { Rich } from '../strings/Rich.tsx'
import { addMessages, t } from '../strings/t.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { Ago, At } from '../ui/Time.tsx'
import { type Expected, shownComponents } from './health.ts'
import { shownState } from './store.ts'
import type { ShownSnapshot } from './tree.ts'
import classes from './Workloads.module.css'
import { WorkloadTree, type WorkloadTreeProps } from './WorkloadTree.tsx'

addMessages({ workloads })

export interface WorkloadsViewProps extends Omit<WorkloadTreeProps, 'snapshot'> {
  readonly expected: Expected
}

/** The components of the plane with their objects in the cluster, live or as last known. */
export function WorkloadsView({ store, expected, logsOf }: WorkloadsViewProps) {
  const reported = useStore(store, (state) => state.snapshot)
  const snapshot = useMemo(
    () => reported && { ...reported, components: shownComponents(reported.components, expected) },
    [reported, expected],
  )
  const problem = useStore(store, (state) => state.problem)
  if (snapshot === undefined) {
    return problem === undefined ? (
      <Loading what={t('workloads.loading')} />
    ) : (
      <div className={classes.view}>
        <ProblemNotice problem={problem} />
      </div>
    )
  }
  return (
    <div className={classes.view}>
      <StaleNotice snapshot={snapshot} />
      {snapshot.components.length === 0 && snapshot.objects.size === 0 ? (
        <EmptyState drawing="parts" title={t('workloads.emptyTitle')}>
          {t('workloads.empty')}
        </EmptyState>
      ) : (
        <WorkloadTree snapshot={snapshot} store={store} logsOf={logsOf} />
      )}
    </div>
  )
}

function StaleNotice({ snapshot: { asOf, connection, objects } }: { readonly snapshot: ShownSnapshot }) {
  const state = shownState(connection)
  const problem = connection.problem
  // Live, but not of all kinds of objects.
  if (state === 'live') return problem === undefined ? null : <ProblemNotice problem={problem} tone="warn" />
  const lost = state === 'stale'
  return (
    <Notice tone={state === 'connecting' ? 'busy' : 'warn'} role="status" title={t(`workloads.notice.${state}`)}>
      <div>
        {asOf === null ? (
          t(objects.size === 0 ? 'workloads.notice.unknown' : 'workloads.notice.partial')
        ) : (
          <Rich
            message="workloads.notice.lastKnown"
            values={{ at: <At key="at" at={asOf} />, ago: <Ago key="ago" at={asOf} /> }}
          />
        )}
        {lost && ` ${t('workloads.notice.reconnects')}`}
      </div>
      {problem !== undefined && state !== 'refused' && (
        <div>{t('workloads.notice.problem', { message: problem.message, hint: problem.hint })}</div>
      )}
    </Notice>
  )
}
