import type { Change, EndpointRow } from '../../../preload/contract/connectivity.ts'
import { vantageKey } from '../../../preload/vantages.ts'
import { Status } from '../../ui/Status.tsx'
import classes from '../Connectivity.module.css'
import { changeLine, changeStatus } from './changes.ts'

export interface ChangeListProps {
  readonly changes: readonly Change[]
  readonly rows: readonly EndpointRow[] | undefined
}

/** What became of which row, in words, as the core ranked it. */
export function ChangeList({ changes, rows }: ChangeListProps) {
  return (
    <ul className={classes.changes} aria-label="Changes">
      {changes.map((change) => (
        <li key={`${change.endpoint} ${vantageKey(change.vantage)}`}>
          <Status appearance={changeStatus[change.kind]} />
          <span>{changeLine(change, rows)}</span>
        </li>
      ))}
    </ul>
  )
}
