import type { Level, LogRecord } from '../../../preload/contract/logs.ts'

/** A field: its name, as in the line or by OpenTelemetry's semantic conventions, and its value as text. */
export type Field = readonly [string, string]

/** What is parsed from a record's text. What the text does not contain is left out, never guessed. */
export interface ParsedEvent {
  readonly format: LogRecord['format']
  /** Milliseconds since 1970; only from a time with a zone. */
  readonly atMs?: number
  readonly level: Level | null
  readonly levelSource: LogRecord['levelSource']
  readonly module: string
  readonly message: string
  readonly fields: readonly Field[]
  readonly traceId?: string
  readonly spanId?: string
}

/** What a parser of one format adds to the time and the level. */
export type Details = Pick<ParsedEvent, 'format' | 'module' | 'message' | 'fields' | 'traceId' | 'spanId'>

/** Further fields of a record are left in the raw text. */
export const maxFields = 1_000
