import type { ProxyView, Vantage } from '../../../preload/contract/connectivity.ts'
import { vantageKey } from '../../../preload/vantages.ts'
import { t } from '../../strings/t.ts'
import { moveFocusInGrid } from '../../ui/gridKeys.ts'
import type { MatrixActions } from './actions.ts'
import classes from './Matrix.module.css'
import { MatrixHead } from './MatrixHead.tsx'
import { MatrixRow } from './MatrixRow.tsx'
import { columnTimes, type Matrix } from './matrix.ts'
import type { HistoryByRow, RowHistory } from './trend.ts'
import { useKeptFocus } from './useKeptFocus.ts'
import type { Group, OpenRows } from './visibleRows.ts'

/** Before the first run the table has one empty column, so that its layout does not change later. */
const thisComputer: Vantage = { kind: 'computer', name: '' }

export interface MatrixTableProps {
  readonly label?: string
  readonly groups: readonly Group[]
  readonly matrix: Matrix
  readonly proxy: ProxyView | undefined
  readonly actions: MatrixActions | undefined
  /** Rows of the selected finding. */
  readonly marked: ReadonlySet<string>
  /** The column of the last runs; undefined: none. */
  readonly history?: HistoryByRow | 'loading' | undefined
  readonly open: OpenRows
  /** Opens a row at the details of a vantage; without one closes it. */
  readonly onOpen: (endpoint: string, at: string | undefined) => void
}

/** Minimum widths in pixels; the table scrolls when the columns do not fit. */
const columnPx = 176
const endpointPx = 280
const trendPx = 100

const neverRun: RowHistory = []

/** Rows are endpoints, columns are vantages. */
export function MatrixTable({
  label = t('connectivity.title'),
  groups,
  matrix,
  proxy,
  actions,
  marked,
  history,
  open,
  onOpen,
}: MatrixTableProps) {
  const vantages = matrix.vantages.length === 0 ? [thisComputer] : matrix.vantages
  const keptFocus = useKeptFocus()
  const hasHistory = history !== undefined
  const minWidth = endpointPx + (hasHistory ? trendPx : 0) + vantages.length * columnPx
  const columns = columnTimes(matrix)
  // A column with results of several runs has no time of its own: its cells show their age against the table's time.
  const times = Object.fromEntries(Object.entries(columns).map(([key, at]) => [key, at ?? matrix.startedAt]))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={classes.scroll} aria-label={t('connectivity.matrix.region')} tabIndex={0}>
      <table
        className={classes.matrix}
        aria-label={label}
        style={{ minWidth: vantages.length > 1 ? minWidth : undefined }}
        {...keptFocus}
        onKeyDown={(event) => {
          moveFocusInGrid(event)
          const { key, target, ctrlKey, metaKey, altKey } = event
          if (key !== 'r' || ctrlKey || metaKey || altKey || !(target instanceof HTMLElement)) return
          const { cell } = target.dataset
          const endpoint = target.closest<HTMLElement>('[data-endpoint]')?.dataset.endpoint
          if (cell === undefined || endpoint === undefined || actions === undefined || actions.running) return
          actions.onRow(
            endpoint,
            vantages.find((vantage) => vantageKey(vantage) === cell),
          )
        }}
      >
        <MatrixHead vantages={vantages} matrix={matrix} times={columns} actions={actions} hasHistory={hasHistory} />
        {groups.map(({ title, rows, isMixed = false }) => (
          <tbody key={`${isMixed} ${title}`}>
            <tr>
              <th scope="rowgroup" colSpan={vantages.length + (hasHistory ? 2 : 1)} className={classes.groupHead}>
                <span className={classes.groupTitle}>{title}</span>
              </th>
            </tr>
            {rows.map((row) => (
              <MatrixRow
                key={row.id}
                row={row}
                vantages={vantages}
                cells={matrix.cells[row.id]}
                times={times}
                proxy={open[row.id] === undefined ? undefined : proxy}
                actions={actions}
                isMarked={marked.has(row.id)}
                isMixed={isMixed}
                history={typeof history === 'object' ? (history.get(row.id) ?? neverRun) : history}
                open={open[row.id]}
                onOpen={(at) => onOpen(row.id, at)}
              />
            ))}
          </tbody>
        ))}
      </table>
    </section>
  )
}
