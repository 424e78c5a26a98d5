import { useState } from 'react'
import type { ProxyView, Vantage } from '../../../preload/contract/connectivity.ts'
import { vantageKey } from '../../../preload/vantages.ts'
import { moveFocusInGrid } from '../../ui/gridKeys.ts'
import type { MatrixActions } from './actions.ts'
import classes from './Matrix.module.css'
import { MatrixHead } from './MatrixHead.tsx'
import { MatrixRow } from './MatrixRow.tsx'
import { columnTimes, type Matrix } from './matrix.ts'
import type { Group } from './visibleRows.ts'

/** Before anything was checked there is one column all the same, so that the table keeps its shape. */
const thisComputer: Vantage = { kind: 'computer', name: '' }

export interface MatrixTableProps {
  readonly groups: readonly Group[]
  readonly matrix: Matrix
  readonly proxy: ProxyView | undefined
  readonly actions: MatrixActions | undefined
  /** Rows of the finding that is looked at. */
  readonly marked: ReadonlySet<string>
}

/** Pixels of a column, below which its words do not fit; more of them than fit are scrolled to. */
const columnPx = 150
const connectionPx = 280

/** Rows are endpoints, columns are vantages, and each cell says what came of it. */
export function MatrixTable({ groups, matrix, proxy, actions, marked }: MatrixTableProps) {
  // Row by row: the vantage at which it is opened.
  const [open, setOpen] = useState<Readonly<Record<string, string | undefined>>>({})
  const vantages = matrix.vantages.length === 0 ? [thisComputer] : matrix.vantages
  const columns = columnTimes(matrix)
  // A column of several looks is told by its cells, against the time of the table.
  const times = Object.fromEntries(Object.entries(columns).map(([key, at]) => [key, at ?? matrix.startedAt]))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable for the keyboard
    <section className={classes.scroll} aria-label="Rows by vantage" tabIndex={0}>
      <table
        className={classes.matrix}
        aria-label="Connectivity"
        style={{ minWidth: vantages.length > 1 ? connectionPx + vantages.length * columnPx : undefined }}
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
        <MatrixHead vantages={vantages} matrix={matrix} times={columns} actions={actions} />
        {groups.map(({ title, rows }) => (
          <tbody key={title}>
            <tr>
              <th scope="rowgroup" colSpan={vantages.length + 1} className={classes.groupHead}>
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
                open={open[row.id]}
                onOpen={(at) => setOpen((before) => ({ ...before, [row.id]: at }))}
              />
            ))}
          </tbody>
        ))}
      </table>
    </section>
  )
}
