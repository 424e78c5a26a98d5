import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import type { ComponentStatus, Health } from '../../preload/contract/workloads.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Panel } from '../ui/Panel.tsx'
import { healthStatus, Status } from '../ui/Status.tsx'
import { Ago } from '../ui/Time.tsx'
import { shownState, type WorkloadsSnapshot, type WorkloadsStore } from './store.ts'
import classes from './Workloads.module.css'

/** Worst first. */
export const healthOrder = [
  'degraded',
  'missing',
  'unknown',
  'progressing',
  'suspended',
  'healthy',
] as const satisfies Health[]

const byWorst = (left: ComponentStatus, right: ComponentStatus): number =>
  healthOrder.indexOf(left.health) - healthOrder.indexOf(right.health) || left.title.localeCompare(right.title)

/** Components that need attention. */
export const unhealthyCount = (snapshot: WorkloadsSnapshot | undefined): number =>
  snapshot?.components.filter(({ health }) => health === 'degraded' || health === 'missing').length ?? 0

export function HealthSummary({ store, onOpen }: { readonly store: WorkloadsStore; readonly onOpen: () => void }) {
  const snapshot = useStore(store, (state) => state.snapshot)
  const problem = useStore(store, (state) => state.problem)
  return (
    <Panel
      title={t('workloads.health')}
      aside={
        <Button variant="subtle" size="compact-xs" onClick={onOpen}>
          {t('workloads.open')}
        </Button>
      }
    >
      {problem !== undefined && <ProblemNotice problem={problem} tone="warn" />}
      {snapshot === undefined && problem === undefined && (
        <span className={classes.quiet}>{t('workloads.loadingHealth')}</span>
      )}
      {snapshot !== undefined && <Summary snapshot={snapshot} />}
    </Panel>
  )
}

function Summary({ snapshot }: { readonly snapshot: WorkloadsSnapshot }) {
  if (snapshot.components.length === 0) return <span className={classes.quiet}>{t('workloads.noComponents')}</span>
  return (
    <div className={classes.summary}>
      <p className={classes.asOf}>
        <AsOf snapshot={snapshot} />
      </p>
      <ul className={classes.components}>
        {snapshot.components.toSorted(byWorst).map(({ id, title, health, reason }) => (
          <li key={id}>
            <span>{title}</span>
            <Status appearance={healthStatus[health]} />
            {health !== 'healthy' && reason !== '' && <span className={classes.reason}>{reason}</span>}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Live, or the age of the last known state. */
function AsOf({ snapshot: { asOf, connection } }: { readonly snapshot: WorkloadsSnapshot }) {
  const state = shownState(connection)
  if (state === 'live') return t('workloads.asOf.live')
  if (asOf === null) return t(`workloads.asOf.${state}`)
  return <Rich message={`workloads.asOf.${state}Since`} values={{ ago: <Ago key="ago" at={asOf} /> }} />
}
