import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { Panel } from '../ui/Panel.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './Connectivity.module.css'
import { vantagesText } from './details/differences.ts'
import { MatrixVerdictCounts } from './matrix/VerdictCounts.tsx'
import type { ConnectivityStore } from './store.ts'

/** Findings listed in the overview. */
const listedFindings = 3

export interface ConnectivitySummaryProps {
  readonly store: ConnectivityStore
  readonly onOpen: () => void
}

export function ConnectivitySummary({ store, onOpen }: ConnectivitySummaryProps) {
  const matrix = useStore(store, (state) => state.matrix)
  const running = useStore(store, (state) => state.running)
  return (
    <Panel
      title={t('connectivity.title')}
      aside={
        <Button variant="subtle" size="compact-xs" onClick={onOpen}>
          {t('connectivity.summary.open')}
        </Button>
      }
    >
      {matrix.startedAt === undefined ? (
        <span className={classes.quiet}>{t('connectivity.neverChecked')}</span>
      ) : (
        <div className={classes.summary}>
          <span className={classes.quiet}>
            <Rich
              message={running ? 'connectivity.summary.running' : 'connectivity.summary.checked'}
              values={{ age: <Ago at={matrix.startedAt} />, vantages: vantagesText(matrix.vantages) }}
            />
          </span>
          <MatrixVerdictCounts matrix={matrix} />
          {matrix.findings.slice(0, listedFindings).map(({ cause, hint, endpoints }) => (
            <p key={`${cause}/${endpoints.join()}`} className={classes.finding}>
              {hint}
            </p>
          ))}
        </div>
      )}
    </Panel>
  )
}
