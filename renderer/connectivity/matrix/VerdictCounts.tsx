import { verdictsWorstFirst } from '../../../preload/verdicts.ts'
import { t } from '../../strings/t.ts'
import { Status, verdictStatus } from '../../ui/Status.tsx'
import classes from '../Connectivity.module.css'
import { type Matrix, matrixCounts } from './matrix.ts'

interface VerdictCountsProps {
  readonly counts: Partial<ReturnType<typeof matrixCounts>>
  /** How many endpoints these results are of, where several vantages checked them. */
  readonly endpoints?: number
}

/** "3 failed, 1 unknown, 12 passed", each with its icon: results, which are more than the rows with several vantages. */
export function VerdictCounts({ counts, endpoints }: VerdictCountsProps) {
  const results = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return (
    <ul className={classes.counts} aria-label={t('connectivity.matrix.verdicts')}>
      {verdictsWorstFirst
        .filter((verdict) => (counts[verdict] ?? 0) > 0)
        .map((verdict) => (
          <li key={verdict}>
            <Status
              appearance={verdictStatus[verdict]}
              label={t(`connectivity.count.${verdict}`, { count: counts[verdict] ?? 0 })}
            />
          </li>
        ))}
      {endpoints !== undefined && endpoints < results && (
        <li className={classes.quiet}>{t('connectivity.count.results', { results, endpoints })}</li>
      )}
    </ul>
  )
}

export const MatrixVerdictCounts = ({ matrix }: { readonly matrix: Matrix }) => (
  <VerdictCounts counts={matrixCounts(matrix)} endpoints={Object.keys(matrix.cells).length} />
)
