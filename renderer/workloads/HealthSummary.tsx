import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import type { ComponentStatus, Health } from '../../preload/contract/workloads.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Panel } from '../ui/Panel.tsx'
import { healthStatus, Status } from '../ui/Status.tsx'
import { Ago } from '../ui/Time.tsx'
import type { Known, WorkloadsStore } from './store.ts'
import classes from './Workloads.module.css'

/** Worst first, so that the eye meets it first. */
export const worstFirst = [
  'degraded',
  'missing',
  'unknown',
  'progressing',
  'suspended',
  'healthy',
] as const satisfies Health[]

const byWorst = (left: ComponentStatus, right: ComponentStatus): number =>
  worstFirst.indexOf(left.health) - worstFirst.indexOf(right.health) || left.title.localeCompare(right.title)

/** Components that need someone to look at them. */
export const unhealthyCount = (known: Known | undefined): number =>
  known?.components.filter(({ health }) => health === 'degraded' || health === 'missing').length ?? 0

export function HealthSummary({ store, onOpen }: { readonly store: WorkloadsStore; readonly onOpen: () => void }) {
  const known = useStore(store, (state) => state.known)
  const problem = useStore(store, (state) => state.problem)
  return (
    <Panel
      title="Health"
      aside={
        <Button variant="subtle" size="compact-xs" onClick={onOpen}>
          Open workloads
        </Button>
      }
    >
      {problem !== undefined && <ProblemNotice problem={problem} tone="warn" />}
      {known === undefined && problem === undefined && <span className={classes.quiet}>Asking the cluster …</span>}
      {known !== undefined && <Summary known={known} />}
    </Panel>
  )
}

function Summary({ known }: { readonly known: Known }) {
  if (known.components.length === 0) return <span className={classes.quiet}>The profile names no components.</span>
  return (
    <div className={classes.summary}>
      <p className={classes.asOf}>
        <AsOf known={known} />
      </p>
      <ul className={classes.components}>
        {known.components.toSorted(byWorst).map(({ id, title, health, reason }) => (
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

/** Live, or how old the last known state is. */
function AsOf({ known: { asOf, connection } }: { readonly known: Known }) {
  if (connection.state === 'live') return <>Live from the cluster</>
  const trying = connection.state === 'connecting' ? 'Connecting to the cluster' : 'The cluster does not answer'
  if (asOf === null) return <>{trying}; nothing is known of it yet</>
  return (
    <>
      {trying}; last known <Ago at={asOf} />
    </>
  )
}
