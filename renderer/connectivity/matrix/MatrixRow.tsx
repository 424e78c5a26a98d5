import { memo, useEffect, useRef } from 'react'
import type { EndpointRow, ProxyView, Vantage } from '../../../preload/contract/connectivity.ts'
import { vantageInSentence, vantageKey } from '../../../preload/vantages.ts'
import { t } from '../../strings/t.ts'
import { CutName } from '../../ui/CutName.tsx'
import { IconChevronDown, IconChevronRight } from '../../ui/icons.ts'
import { checkingStatus, Status, verdictStatus, waitingStatus } from '../../ui/Status.tsx'
import { Ago } from '../../ui/Time.tsx'
import { causeLabel } from '../causeLabel.ts'
import { destination } from '../destination.ts'
import { EndpointDetails } from '../details/EndpointDetails.tsx'
import type { MatrixActions } from './actions.ts'
import classes from './Matrix.module.css'
import { type Cell, worstAt } from './matrix.ts'
import { RowTrend } from './RowTrend.tsx'
import type { RowHistory } from './trend.ts'

export interface MatrixRowProps {
  readonly row: EndpointRow
  readonly vantages: readonly Vantage[]
  readonly cells: Readonly<Record<string, Cell>> | undefined
  /** By vantage: when its column was checked. Cells of another time show their age. */
  readonly times: Readonly<Record<string, string | undefined>>
  readonly proxy: ProxyView | undefined
  readonly actions: MatrixActions | undefined
  readonly isMarked: boolean
  /** Its group has rows of other components too. */
  readonly isMixed: boolean
  /** Undefined: the table has no column for the last runs. */
  readonly history: RowHistory | 'loading' | undefined
  /** The vantage whose details are open; undefined: the row is closed. */
  readonly open: string | undefined
  readonly onOpen: (at: string | undefined) => void
}

const noCells: Readonly<Record<string, Cell>> = {}

function Row(props: MatrixRowProps) {
  const { row, vantages, cells = noCells, times, proxy, actions, isMarked, isMixed, history, open, onOpen } = props
  const Chevron = open === undefined ? IconChevronRight : IconChevronDown
  const [line, details] = [useRef<HTMLTableRowElement>(null), useRef<HTMLTableRowElement>(null)]
  const isOpen = open !== undefined
  useEffect(() => {
    if (!isOpen) return
    // Details can be higher than the window: the row itself stays in view.
    details.current?.scrollIntoView({ block: 'nearest' })
    line.current?.scrollIntoView({ block: 'nearest' })
  }, [isOpen, line, details])
  return (
    <>
      <tr
        ref={line}
        className={classes.row}
        data-endpoint={row.id}
        data-line
        data-marked={isMarked || undefined}
        data-failed={Object.values(cells).some(({ result }) => result?.verdict === 'fail') || undefined}
      >
        <th scope="row" className={classes.rowHead}>
          <span className={classes.title}>
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
                {!row.required && <span className={classes.quiet}> {t('connectivity.optional')}</span>}
              </span>
            </button>
            {isMixed && (
              <span className={classes.component} title={row.componentTitle}>
                {row.componentTitle}
              </span>
            )}
          </span>
          <span className={`${classes.destination} mono`} title={destination(row)}>
            <CutName name={destination(row)} />
          </span>
        </th>
        {history !== undefined && (
          <td className={classes.trendCell}>{history !== 'loading' && <RowTrend verdicts={history} />}</td>
        )}
        {vantages.map((vantage) => {
          const key = vantageKey(vantage)
          const cell = cells[key]
          return (
            <td key={key} className={classes.rowCell} data-vantage={key} data-verdict={cell?.result?.verdict}>
              <button
                type="button"
                className={classes.cell}
                // Reached with the arrow keys from the row's button: a table of nodes has a thousand cells.
                tabIndex={-1}
                title={t('connectivity.matrix.cell', { title: row.title, vantage: vantageInSentence(vantage) })}
                data-cell={key}
                onClick={() => onOpen(open === key ? undefined : key)}
              >
                <CellStatus cell={cell} at={times[key]} />
                <CellNote cell={cell} />
              </button>
            </td>
          )
        })}
      </tr>
      {open !== undefined && (
        <tr ref={details} data-details={row.id}>
          <td colSpan={vantages.length + (history === undefined ? 1 : 2)} className={classes.detailCell}>
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

/** Renders again only the row whose cells changed: a table can have thousands of cells. */
export const MatrixRow = memo(
  Row,
  (before, after) =>
    before.row === after.row &&
    before.cells === after.cells &&
    before.vantages === after.vantages &&
    before.vantages.every((vantage) => before.times[vantageKey(vantage)] === after.times[vantageKey(vantage)]) &&
    before.isMarked === after.isMarked &&
    before.isMixed === after.isMixed &&
    before.history === after.history &&
    before.open === after.open &&
    before.proxy === after.proxy &&
    before.actions?.running === after.actions?.running,
)

interface CellStatusProps {
  readonly cell: Cell | undefined
  /** When the column was checked. */
  readonly at: string | undefined
}

/** The verdict, and the age of a result that is older or newer than its column. */
function CellStatus({ cell, at }: CellStatusProps) {
  if (cell === undefined) return <span className={classes.quiet}>{t('connectivity.matrix.notChecked')}</span>
  if (cell.result === undefined) {
    return <Status appearance={cell.state === 'waiting' ? waitingStatus : checkingStatus} />
  }
  return (
    <span className={classes.cellStatus}>
      <Status appearance={verdictStatus[cell.result.verdict]} />
      {cell.startedAt !== at && (
        <span className={classes.age}>
          <Ago at={cell.startedAt} />
        </span>
      )}
    </span>
  )
}

/** The second line: the cause, why it was skipped, else the duration; during a check the last stage. */
function CellNote({ cell }: { readonly cell: Cell | undefined }) {
  if (cell === undefined) return null
  const note = noteOf(cell)
  return (
    <span className={`${classes.note} numbers`} title={note}>
      {note}
    </span>
  )
}

function noteOf({ result, stages }: Cell): string {
  const last = stages.at(-1)
  if (result === undefined) {
    return last === undefined
      ? ''
      : t('connectivity.matrix.afterStage', { stage: t(`connectivity.stage.${last.stage}`) })
  }
  if (result.verdict !== 'pass' && result.cause !== '') return causeLabel(result.cause)
  if (result.verdict === 'skipped') return result.hint
  const durationMs = stages.reduce((sum, { ms }) => sum + ms, 0)
  return durationMs === 0 ? '' : t('connectivity.milliseconds', { ms: Math.round(durationMs) })
}
