import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import { Panel } from '../ui/Panel.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './Connectivity.module.css'
import { vantagesText } from './details/differences.ts'
import { MatrixVerdictCounts } from './matrix/VerdictCounts.tsx'
import type { ConnectivityStore } from './store.ts'

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
        <span className={classes.quiet}>Never checked.</span>
      ) : (
        <div className={classes.summary}>
          <span className={classes.quiet}>
            {running ? 'Checking now, started ' : `Checked from ${vantagesText(matrix.vantages)} `}
            <Ago at={matrix.startedAt} />
          </span>
          <MatrixVerdictCounts matrix={matrix} />
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
