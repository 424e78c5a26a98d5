import { verdictsWorstFirst } from '../../../preload/verdicts.ts'
import { t } from '../../strings/t.ts'
import { Status, verdictStatus } from '../../ui/Status.tsx'
import classes from '../Connectivity.module.css'
import { type Matrix, matrixCounts } from './matrix.ts'

/** "3 failed, 1 unknown, 12 passed", each with its icon. */
export function VerdictCounts({ counts }: { readonly counts: Partial<ReturnType<typeof matrixCounts>> }) {
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
    </ul>
  )
}

export const MatrixVerdictCounts = ({ matrix }: { readonly matrix: Matrix }) => (
  <VerdictCounts counts={matrixCounts(matrix)} />
)
