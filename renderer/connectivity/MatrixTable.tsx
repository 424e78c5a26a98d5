import { Fragment, useState } from 'react'
import type { EndpointRow, Vantage } from '../../preload/contract/connectivity.ts'
import { moveFocusByArrow } from '../ui/arrowKeys.ts'
import { IconChevronDown, IconChevronRight } from '../ui/icons.ts'
import { checkingLook, Status, verdictLook, waitingLook } from '../ui/Status.tsx'
import classes from './Connectivity.module.css'
import { EndpointDetails } from './EndpointDetails.tsx'
import { type Cell, type Matrix, vantageKey } from './store.ts'

/** Before anything was checked there is one column all the same, so that the table keeps its shape. */
const thisComputer: Vantage = { kind: 'computer', name: 'this computer' }

export interface MatrixTableProps {
  readonly rows: readonly EndpointRow[]
  readonly matrix: Matrix
  readonly running: boolean
  readonly onRun: (endpoint: string) => void
}

function grouped(rows: readonly EndpointRow[]): readonly (readonly [string, readonly EndpointRow[]])[] {
  return [...Map.groupBy(rows, ({ componentTitle }) => componentTitle)]
}

const columnTitle = ({ kind, name }: Vantage) => (kind === 'computer' ? 'From this computer' : `From ${kind} ${name}`)

/** Rows are endpoints, columns are vantages, and each cell says what came of it. */
export function MatrixTable({ rows, matrix, running, onRun }: MatrixTableProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const vantages = matrix.vantages.length === 0 ? [thisComputer] : matrix.vantages
  const columns = vantages.length + 3
  const toggle = (id: string) =>
    setOpen((before) => (before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id])))
  return (
    <table className={classes.matrix} aria-label="Connectivity" onKeyDown={moveFocusByArrow}>
      <thead>
        <tr>
          <th scope="col" className={classes.connectionColumn}>
            Connection
          </th>
          <th scope="col">Destination</th>
          {vantages.map((vantage) => (
            <th key={vantageKey(vantage)} scope="col" className={classes.verdictColumn}>
              {columnTitle(vantage)}
            </th>
          ))}
          <th scope="col" className={classes.timeColumn}>
            Time
          </th>
        </tr>
      </thead>
      {grouped(rows).map(([component, members]) => (
        <tbody key={component}>
          <tr className={classes.group}>
            <th scope="rowgroup" colSpan={columns}>
              {component}
            </th>
          </tr>
          {members.map((row) => {
            const byVantage = matrix.cells[row.id] ?? {}
            const opened = open.has(row.id)
            const Chevron = opened ? IconChevronDown : IconChevronRight
            return (
              <Fragment key={row.id}>
                <tr className={classes.row} data-endpoint={row.id}>
                  <th scope="row">
                    <button
                      type="button"
                      className={classes.open}
                      aria-expanded={opened}
                      onClick={() => toggle(row.id)}
                      data-row
                    >
                      <Chevron size={15} aria-hidden />
                      <span>
                        {row.title}
                        {!row.required && <span className={classes.quiet}> (optional)</span>}
                      </span>
                    </button>
                  </th>
                  <td className="mono">{destination(row)}</td>
                  {vantages.map((vantage) => (
                    <td key={vantageKey(vantage)}>
                      <CellStatus cell={byVantage[vantageKey(vantage)]} />
                    </td>
                  ))}
                  <td className={`${classes.time} numbers`}>{elapsed(Object.values(byVantage))}</td>
                </tr>
                {opened && (
                  <tr>
                    <td colSpan={columns} className={classes.detailCell}>
                      <EndpointDetails
                        row={row}
                        vantages={vantages}
                        cells={byVantage}
                        running={running}
                        onRun={() => onRun(row.id)}
                      />
                    </td>
                  </tr>
                )}
              </Fragment>
            )
          })}
        </tbody>
      ))}
    </table>
  )
}

export function destination({ host, port, protocol }: EndpointRow): string {
  return host === '' ? 'not configured' : `${host}:${port} ${protocol}`
}

function CellStatus({ cell }: { readonly cell: Cell | undefined }) {
  if (cell === undefined) return <span className={classes.quiet}>Not checked</span>
  if (cell.result !== undefined) return <Status look={verdictLook[cell.result.verdict]} />
  if (cell.state === 'waiting') return <Status look={waitingLook} />
  return <Status look={checkingLook} label={`Checking ${cell.stages.at(-1)?.stage ?? ''}`.trim()} />
}

function elapsed(cells: readonly Cell[]): string {
  const stages = cells.flatMap((cell) => cell.stages)
  return stages.length === 0 ? '' : `${Math.round(stages.reduce((sum, { ms }) => sum + ms, 0))} ms`
}
