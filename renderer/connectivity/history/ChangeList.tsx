import type { Change, EndpointRow } from '../../../preload/contract/connectivity.ts'
import { vantageKey } from '../../../preload/vantages.ts'
import { t } from '../../strings/t.ts'
import { Status } from '../../ui/Status.tsx'
import classes from '../Connectivity.module.css'
import { changeLine, changeStatus } from './changes.ts'

export interface ChangeListProps {
  readonly changes: readonly Change[]
  readonly rows: readonly EndpointRow[] | undefined
}

/** Changes in the order of the core: the worst first. */
export function ChangeList({ changes, rows }: ChangeListProps) {
  return (
    <ul className={classes.changes} aria-label={t('connectivity.change.list')}>
      {changes.map((change) => (
        <li key={`${change.endpoint} ${vantageKey(change.vantage)}`}>
          <Status appearance={changeStatus[change.kind]} />
          <span>{changeLine(change, rows)}</span>
        </li>
      ))}
    </ul>
  )
}
