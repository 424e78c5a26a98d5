import { Status, verdictStatus } from '../../ui/Status.tsx'
import { Ago } from '../../ui/Time.tsx'
import { useNow } from '../../ui/useNow.ts'
import classes from '../Connectivity.module.css'
import { countOffTimeResults, type Matrix } from './matrix.ts'

/** In an hour a firewall rule, a certificate or a node can have come and gone. */
const staleAfterMs = 60 * 60 * 1_000

export interface RunAgeProps {
  readonly matrix: Matrix
  readonly running: boolean
  readonly stopped: boolean
}

/** Of when the table is, and whether all of it is of the same time. */
export function RunAge({ matrix, running, stopped }: RunAgeProps) {
  const now = useNow()
  const { startedAt } = matrix
  if (startedAt === undefined) {
    return (
      <span className={classes.age} role="status">
        Never checked
      </span>
    )
  }
  const { newer, older } = countOffTimeResults(matrix)
  const others = [...(newer > 0 ? [`${newer} newer`] : []), ...(older > 0 ? [`${older} older`] : [])].join(', ')
  const stale = !running && now - Date.parse(startedAt) > staleAfterMs
  return (
    <span className={classes.age} role="status">
      {stale && <Status appearance={verdictStatus.warn} label="May be out of date" />}
      {!running && stopped && 'Stopped before its end. '}
      <span>
        {running ? 'Checking, started ' : 'Last checked '}
        <Ago at={running ? matrix.runAt : startedAt} />
      </span>
      {!running && others !== '' && <span>(results: {others})</span>}
    </span>
  )
}
