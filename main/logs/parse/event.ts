import type { Level, LogRecord } from '../../../preload/contract/logs.ts'

/** What is parsed from an event's text. What the text does not contain is left out, never guessed. */
export interface ParsedEvent {
  readonly format: LogRecord['format']
  /** Milliseconds since 1970; only from a time with a zone. */
  readonly atMs?: number
  readonly level: Level | null
  readonly levelSource: LogRecord['levelSource']
  readonly module: string
  readonly message: string
  readonly fields: readonly (readonly [string, string])[]
  readonly traceId?: string
  readonly spanId?: string
}

const levels: Readonly<Record<string, Level>> = {
  fatal: 'FATAL',
  critical: 'FATAL',
  panic: 'FATAL',
  error: 'ERROR',
  err: 'ERROR',
  severe: 'ERROR',
  warn: 'WARN',
  warning: 'WARN',
  info: 'INFO',
  information: 'INFO',
  notice: 'INFO',
  debug: 'DEBUG',
  trace: 'TRACE',
}

/** A level by any of its usual names; null for any other word. */
export function toLevel(word: string | undefined): Level | null {
  return levels[word?.toLowerCase() ?? ''] ?? null
}

/** Milliseconds since 1970. Undefined for a time without a zone: the kubelet's time is used instead. */
export function toEpochMs(text: string | undefined): number | undefined {
  if (text === undefined || !/(?:Z|[+-]\d{2}:?\d{2})$/.test(text)) return undefined
  const ms = Date.parse(text.replace(' ', 'T').replace(',', '.'))
  return Number.isNaN(ms) ? undefined : ms
}

/** An event of which only the text is known. */
export function plainEvent(text: string): ParsedEvent {
  return { format: 'plain', level: null, levelSource: 'none', module: '', message: firstLine(text), fields: [] }
}

function firstLine(text: string): string {
  const end = text.indexOf('\n')
  return end === -1 ? text : text.slice(0, end)
}
