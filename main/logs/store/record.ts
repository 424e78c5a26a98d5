import { Level, type LogRecord } from '../../../preload/contract/logs.ts'
import type { LogFormat } from '../../../preload/contract/profiles.ts'
import { parseEvent } from '../parse/parse.ts'

/** A record as it is stored: the raw text, what a search needs, and the parser for the rest. */
export interface StoredRecord {
  /** Order of arrival in this plane; unique. */
  readonly seq: number
  readonly atMs: number
  readonly atSource: LogRecord['atSource']
  readonly level: Level | null
  readonly source: string
  readonly pod: string
  readonly container: string
  /** Parses the raw text; `gap` marks missing lines. */
  readonly parser: LogFormat | 'gap'
  readonly raw: string
}

/** Ordered by time, then by arrival. */
export interface Position {
  readonly atMs: number
  readonly seq: number
}

export function compare(a: Position, b: Position): number {
  return a.atMs - b.atMs || a.seq - b.seq
}

/** Fixed widths, so that ids sort like the records. */
export function toId({ atMs, seq }: Position): string {
  return `${atMs.toString(36).padStart(9, '0')}-${seq.toString(36).padStart(10, '0')}`
}

/** The least id above this one; undefined for a text that is not an id. */
export function idAfter(id: string): string | undefined {
  const position = fromId(id)
  return position && toId({ ...position, seq: position.seq + 1 })
}

/** Undefined for a text that is not an id. */
export function fromId(id: string): Position | undefined {
  const parts = /^([0-9a-z]{9})-([0-9a-z]{10})$/.exec(id)
  return parts === null
    ? undefined
    : { atMs: Number.parseInt(parts[1] ?? '', 36), seq: Number.parseInt(parts[2] ?? '', 36) }
}

/** Levels as numbers, for masks: 0 is no level. */
export function levelNumber(level: Level | null): number {
  return level === null ? 0 : Level.values.size - [...Level.values].indexOf(level)
}

export function levelOf(number: number): Level | null {
  return number === 0 ? null : ([...Level.values][Level.values.size - number] ?? null)
}

/** The record with its fields, parsed again from the raw text. */
export function toLogRecord(record: StoredRecord): LogRecord {
  const { atMs, atSource, source, pod, container, parser, raw } = record
  const common = { id: toId(record), at: new Date(atMs).toISOString(), atSource, source, pod, container, raw }
  if (parser === 'gap') {
    return { ...common, level: null, levelSource: 'none', module: '', message: raw, format: 'gap', fields: [] }
  }
  const { format, level, levelSource, module, message, fields, traceId, spanId } = parseEvent(parser, raw)
  return {
    ...common,
    format,
    level,
    levelSource,
    module,
    message,
    fields: fields.map(([key, value]) => [key, value]),
    traceId,
    spanId,
  }
}

/** What `NAME:VALUE` of a query can ask for: the fields of the line, and what Hangar has read in it. */
export function fieldsOf({ parser, raw }: StoredRecord): readonly (readonly [string, string])[] {
  if (parser === 'gap') return [['format', parser]]
  const { format, module, message, fields, traceId, spanId } = parseEvent(parser, raw)
  return [
    ...fields,
    ['format', format],
    ['module', module],
    ['message', message],
    ...(traceId === undefined
      ? []
      : ([
          ['trace', traceId],
          ['trace_id', traceId],
          ['traceId', traceId],
        ] as const)),
    ...(spanId === undefined
      ? []
      : ([
          ['span', spanId],
          ['span_id', spanId],
          ['spanId', spanId],
        ] as const)),
  ]
}

/** Bit n: level number n. */
export function maskOf(level: Level | null): number {
  return 1 << levelNumber(level)
}
