import { verdictsWorstFirst } from '../../../preload/verdicts.ts'
import { Status, verdictStatus } from '../../ui/Status.tsx'
import classes from '../Connectivity.module.css'
import { type Matrix, matrixCounts } from './matrix.ts'

/** "3 Fail  1 Not known  12 Pass", each with its icon. */
export function VerdictCounts({ counts }: { readonly counts: Partial<ReturnType<typeof matrixCounts>> }) {
  return (
    <ul className={classes.counts} aria-label="Verdicts">
      {verdictsWorstFirst
        .filter((verdict) => (counts[verdict] ?? 0) > 0)
        .map((verdict) => (
          <li key={verdict}>
            <Status appearance={verdictStatus[verdict]} label={`${counts[verdict]} ${verdictStatus[verdict].label}`} />
          </li>
        ))}
    </ul>
  )
}

export const MatrixVerdictCounts = ({ matrix }: { readonly matrix: Matrix }) => (
  <VerdictCounts counts={matrixCounts(matrix)} />
)
