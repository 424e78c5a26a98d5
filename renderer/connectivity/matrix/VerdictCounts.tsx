import { verdictsWorstFirst } from '../../../preload/verdicts.ts'
import { Status, verdictLook } from '../../ui/Status.tsx'
import classes from '../Connectivity.module.css'
import { type Matrix, tally } from './matrix.ts'

/** "3 Fail  1 Not known  12 Pass", each with its icon. */
export function Tally({ counts }: { readonly counts: Partial<ReturnType<typeof tally>> }) {
  return (
    <ul className={classes.tally} aria-label="Verdicts">
      {verdictsWorstFirst
        .filter((verdict) => (counts[verdict] ?? 0) > 0)
        .map((verdict) => (
          <li key={verdict}>
            <Status look={verdictLook[verdict]} label={`${counts[verdict]} ${verdictLook[verdict].word}`} />
          </li>
        ))}
    </ul>
  )
}

export const MatrixTally = ({ matrix }: { readonly matrix: Matrix }) => <Tally counts={tally(matrix)} />
