import type { LogRecord } from '../../preload/contract/logs.ts'
import type { TimeFormat } from '../lib/time.ts'
import { t } from '../strings/t.ts'
import { CutName } from '../ui/CutName.tsx'
import { fieldOf, gridOf, hueOf } from './columns.ts'
import { LevelLabel } from './LevelLabel.tsx'
import classes from './Logs.module.css'
import { Marked } from './Marked.tsx'

/** An unfolded row shows this many lines; the details show all. */
const unfoldedLines = 200

/** The details show the other lines of a message. */
const firstLine = (message: string): string => message.split('\n', 1)[0] ?? ''

export interface LineProps {
  readonly record: LogRecord
  readonly columns: readonly string[]
  readonly time: TimeFormat
  readonly wrap: boolean
  readonly unfolded: boolean
  /** Among lines of which only some match: this one does. */
  readonly matches?: boolean
}

/** One row of the list. A gap is a row too: it marks lines that are missing. */
export function Line({ record, columns, time, wrap, unfolded, matches = false }: LineProps) {
  const { at, message, format } = record
  if (format === 'gap') {
    return (
      <div className={classes.line} style={gridOf(['time'])} data-gap>
        <span>{time.row(at)}</span>
        <span className={classes.gapText}>{t('logs.lines.gap', { reason: firstLine(message) })}</span>
      </div>
    )
  }
  const lines = message.split('\n')
  const shown = unfolded ? lines.slice(0, unfoldedLines).join('\n') : (lines[0] ?? '')
  const hidden = lines.length - (unfolded ? Math.min(lines.length, unfoldedLines) : 1)
  return (
    <div
      className={classes.line}
      style={gridOf(columns)}
      data-wrap={wrap || undefined}
      data-unfolded={unfolded || undefined}
      data-match={matches || undefined}
    >
      {columns.map((name) => (
        <Cell key={name} name={name} record={record} time={time} />
      ))}
      <span className={classes.message}>
        <Marked text={shown} />
        {hidden > 0 && <span className={classes.quiet}> {t('logs.lines.more', { count: hidden })}</span>}
      </span>
    </div>
  )
}

function Cell({ name, record, time }: { name: string; record: LogRecord; time: TimeFormat }) {
  const { at, level } = record
  switch (name) {
    case 'time':
      return (
        <time dateTime={at} title={time.full(at)}>
          {time.row(at)}
        </time>
      )
    case 'level':
      return <LevelLabel level={level} />
    case 'source':
    case 'pod':
      return (
        <span className={classes.source} title={record.pod}>
          <i className={classes.hue} data-hue={hueOf(record[name])} />
          <CutName name={record[name]} />
        </span>
      )
    case 'container':
    case 'module':
      return (
        <span className={classes.source} title={record[name]}>
          <CutName name={record[name]} />
        </span>
      )
    default:
      return (
        <span className={classes.source} title={fieldOf(record, name)}>
          <Marked text={firstLine(fieldOf(record, name))} />
        </span>
      )
  }
}
