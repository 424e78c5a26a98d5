import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import type { Verdict } from '../../preload/contract/words.ts'
import { Panel } from '../ui/Panel.tsx'
import { Status, verdictLook } from '../ui/Status.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './Connectivity.module.css'
import type { ConnectivityStore, Matrix } from './store.ts'

const order = ['fail', 'unknown', 'warn', 'pass', 'skipped'] as const satisfies Verdict[]

/** How many cells have each verdict. */
export function tally({ cells }: Matrix): Readonly<Record<Verdict, number>> {
  const counts = { pass: 0, warn: 0, fail: 0, skipped: 0, unknown: 0 }
  for (const byVantage of Object.values(cells)) {
    for (const { result } of Object.values(byVantage)) if (result !== undefined) counts[result.verdict] += 1
  }
  return counts
}

/** "3 Fail  1 Not known  12 Pass", each with its icon. */
export function Tally({ matrix }: { readonly matrix: Matrix }) {
  const counts = tally(matrix)
  return (
    <ul className={classes.tally} aria-label="Verdicts">
      {order
        .filter((verdict) => counts[verdict] > 0)
        .map((verdict) => (
          <li key={verdict}>
            <Status look={verdictLook[verdict]} label={`${counts[verdict]} ${verdictLook[verdict].word}`} />
          </li>
        ))}
    </ul>
  )
}

export function ConnectivitySummary({
  store,
  onOpen,
}: {
  readonly store: ConnectivityStore
  readonly onOpen: () => void
}) {
  const matrix = useStore(store, (state) => state.matrix)
  const running = useStore(store, (state) => state.running)
  return (
    <Panel
      title="Connectivity"
      aside={
        <Button variant="subtle" size="compact-xs" onClick={onOpen}>
          Open connectivity
        </Button>
      }
    >
      {matrix.startedAt === undefined ? (
        <span className={classes.quiet}>Never checked from this computer.</span>
      ) : (
        <div className={classes.summary}>
          <span className={classes.quiet}>
            {running ? 'Checking now, started ' : 'Checked from this computer '}
            <Ago at={matrix.startedAt} />
          </span>
          <Tally matrix={matrix} />
          {matrix.findings.slice(0, 3).map(({ cause, hint, endpoints }) => (
            <p key={`${cause}/${endpoints.join()}`} className={classes.finding}>
              {hint}
            </p>
          ))}
        </div>
      )}
    </Panel>
  )
}
