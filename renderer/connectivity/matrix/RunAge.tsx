import { Rich } from '../../strings/Rich.tsx'
import { t } from '../../strings/t.ts'
import { Status, verdictStatus } from '../../ui/Status.tsx'
import { Ago } from '../../ui/Time.tsx'
import { useNow } from '../../ui/useNow.ts'
import classes from '../Connectivity.module.css'
import { countOffTimeResults, type Matrix } from './matrix.ts'

/** Firewall rules, certificates and nodes change within this time. */
const staleAfterMs = 60 * 60 * 1_000

export interface RunAgeProps {
  readonly matrix: Matrix
  readonly running: boolean
  readonly stopped: boolean
}

/** When the table was checked, and how many results are from other runs. */
export function RunAge({ matrix, running, stopped }: RunAgeProps) {
  const now = useNow()
  const { startedAt } = matrix
  if (startedAt === undefined) {
    return (
      <span className={classes.age} role="status">
        {t('connectivity.neverChecked')}
      </span>
    )
  }
  const { newer, older } = countOffTimeResults(matrix)
  const others = [
    ...(newer > 0 ? [t('connectivity.age.newer', { count: newer })] : []),
    ...(older > 0 ? [t('connectivity.age.older', { count: older })] : []),
  ]
  const stale = !running && now - Date.parse(startedAt) > staleAfterMs
  return (
    <span className={classes.age} role="status">
      {stale && <Status appearance={verdictStatus.warn} label={t('connectivity.age.stale')} />}
      {!running && stopped && <span>{t('connectivity.age.stopped')}</span>}
      <span>
        <Rich
          message={running ? 'connectivity.age.running' : 'connectivity.age.last'}
          values={{ age: <Ago at={running ? matrix.runAt : startedAt} /> }}
        />
      </span>
      {!running && others.length > 0 && (
        <span>{t('connectivity.age.otherResults', { counts: others.join(', ') })}</span>
      )}
    </span>
  )
}
