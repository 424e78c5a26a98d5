import { memo } from 'react'
import type { EndpointRow, ProxyView, Vantage } from '../../../preload/contract/connectivity.ts'
import { vantageInSentence, vantageKey } from '../../../preload/vantages.ts'
import { IconChevronDown, IconChevronRight } from '../../ui/icons.ts'
import { checkingStatus, Status, verdictStatus, waitingStatus } from '../../ui/Status.tsx'
import { Ago } from '../../ui/Time.tsx'
import { causeLabel } from '../causeLabel.ts'
import { EndpointDetails } from '../details/EndpointDetails.tsx'
import { destination, stageTitles } from '../words.ts'
import type { MatrixActions } from './actions.ts'
import classes from './Matrix.module.css'
import { type Cell, worstFirst } from './matrix.ts'

export interface MatrixRowProps {
  readonly row: EndpointRow
  readonly vantages: readonly Vantage[]
  readonly cells: Readonly<Record<string, Cell>> | undefined
  /** By vantage, when its column was looked at; cells of another time say their age. */
  readonly times: Readonly<Record<string, string | undefined>>
  readonly proxy: ProxyView | undefined
  readonly actions: MatrixActions | undefined
  readonly isMarked: boolean
  /** The vantage at which the row is opened; undefined: closed. */
  readonly open: string | undefined
  readonly onOpen: (at: string | undefined) => void
}

const noCells = {}

/** Where a row opens when it is not opened at a cell: where it is worst. */
function worstAt(vantages: readonly Vantage[], cells: Readonly<Record<string, Cell>>): string {
  const [worst] = worstFirst(vantages, cells)
  return worst === undefined ? '' : vantageKey(worst)
}

function Row({ row, vantages, cells = noCells, times, proxy, actions, isMarked, open, onOpen }: MatrixRowProps) {
  const Chevron = open === undefined ? IconChevronRight : IconChevronDown
  return (
    <>
      <tr className={classes.row} data-endpoint={row.id} data-line data-marked={isMarked || undefined}>
        <th scope="row" className={classes.rowHead}>
          <button
            type="button"
            className={classes.open}
            aria-expanded={open !== undefined}
            onClick={() => onOpen(open === undefined ? worstAt(vantages, cells) : undefined)}
            data-cell=""
          >
            <Chevron size={15} aria-hidden />
            <span>
              {row.title}
              {!row.required && <span className={classes.quiet}> (optional)</span>}
            </span>
          </button>
          <span className={`${classes.destination} mono`} title={destination(row)}>
            {destination(row)}
          </span>
        </th>
        {vantages.map((vantage) => {
          const key = vantageKey(vantage)
          const cell = cells[key]
          return (
            <td key={key} className={classes.rowCell} data-vantage={key} data-verdict={cell?.result?.verdict}>
              <button
                type="button"
                className={classes.cell}
                // Reached by the arrows from the row's own button: a table of nodes has a thousand of these.
                tabIndex={-1}
                title={`${row.title} from ${vantageInSentence(vantage)}`}
                data-cell={key}
                onClick={() => onOpen(open === key ? undefined : key)}
              >
                <CellStatus cell={cell} />
                <CellNote cell={cell} at={times[key]} />
              </button>
            </td>
          )
        })}
      </tr>
      {open !== undefined && (
        <tr>
          <td colSpan={vantages.length + 1} className={classes.detailCell}>
            <EndpointDetails
              row={row}
              vantages={vantages}
              cells={cells}
              proxy={proxy}
              actions={actions}
              at={open}
              onAt={onOpen}
            />
          </td>
        </tr>
      )}
    </>
  )
}

/** Of a thousand cells one changes: only its row is drawn again. */
export const MatrixRow = memo(
  Row,
  (before, after) =>
    before.row === after.row &&
    before.cells === after.cells &&
    before.vantages === after.vantages &&
    before.vantages.every((vantage) => before.times[vantageKey(vantage)] === after.times[vantageKey(vantage)]) &&
    before.isMarked === after.isMarked &&
    before.open === after.open &&
    before.proxy === after.proxy &&
    before.actions?.running === after.actions?.running,
)

function CellStatus({ cell }: { readonly cell: Cell | undefined }) {
  if (cell === undefined) return <span className={classes.quiet}>Not checked</span>
  if (cell.result !== undefined) return <Status appearance={verdictStatus[cell.result.verdict]} />
  return <Status appearance={cell.state === 'waiting' ? waitingStatus : checkingStatus} />
}

/** The second line: why it is not well, else how long it took; what is under way; the age of what is older than the rest. */
function CellNote({ cell, at }: { readonly cell: Cell | undefined; readonly at: string | undefined }) {
  if (cell === undefined) return null
  const { result, stages } = cell
  const last = stages.at(-1)?.stage
  if (result === undefined) {
    return <span className={classes.note}>{last === undefined ? '' : `after ${stageTitles[last]}`}</span>
  }
  const tookMs = stages.reduce((sum, { ms }) => sum + ms, 0)
  const why = result.verdict === 'pass' || result.cause === '' ? '' : causeLabel(result.cause)
  return (
    <span className={`${classes.note} numbers`}>
      {why !== '' ? why : tookMs === 0 ? '' : `${Math.round(tookMs)} ms`}
      {cell.startedAt !== at && (
        <>
          {' '}
          <Ago at={cell.startedAt} />
        </>
      )}
    </span>
  )
}
