import type { Level } from '../../../preload/contract/logs.ts'
import { WordTable } from './word-table.ts'

/** Levels by number; 0 is no level. */
export const levels: readonly (Level | null)[] = [null, 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']
const [none, trace, debug, info, warn, error, fatal] = [0, 1, 2, 3, 4, 5, 6]

/**
 * Level words of syslog, java.util.logging, log4j, zap, .NET, Google and PostgreSQL, as OpenTelemetry's example mappings
 * place them: https://opentelemetry.io/docs/specs/otel/logs/data-model-appendix/. What is worse than an error is FATAL.
 */
const words = new WordTable({
  fatal,
  ftl: fatal,
  critical: fatal,
  crit: fatal,
  alert: fatal,
  emergency: fatal,
  emerg: fatal,
  panic: fatal,
  dpanic: fatal,
  error,
  err: error,
  eror: error,
  severe: error,
  fail: error,
  warning: warn,
  warn,
  wrn: warn,
  information: info,
  informational: info,
  info,
  inf: info,
  notice: info,
  config: info,
  debug,
  dbug: debug,
  dbg: debug,
  fine: debug,
  finer: debug,
  finest: trace,
  trace,
  trce: trace,
  trc: trace,
  verbose: trace,
  silly: trace,
  vrb: trace,
})

const letters = new WordTable({ f: fatal, e: error, w: warn, i: info, d: debug, t: trace })

const [plus, minus, zero, nine] = [0x2b, 0x2d, 0x30, 0x39]

/** The level of exactly this word: `DEBUG2` and slog's `ERROR+2` are words too. 0 for any other word. */
export function levelOfWord(bytes: Uint8Array, start: number, end: number): number {
  const level = words.value(bytes, start, end)
  if (level !== none || end - start < 5) return level
  let last = end - 1
  const digit = bytes[last] ?? 0
  if (digit < zero || digit > nine) return none
  const sign = bytes[last - 1]
  if (sign === plus || sign === minus) last -= 1
  return words.value(bytes, start, last)
}

/** The level of the value of a level field: a word with spaces around it, one letter, or a number. */
export function levelOfValue(bytes: Uint8Array, start: number, end: number): number {
  let [from, to] = [start, end]
  while (from < to && (bytes[from] ?? 0) <= 0x20) from += 1
  while (to > from && (bytes[to - 1] ?? 0) <= 0x20) to -= 1
  const first = bytes[from] ?? 0
  if (first >= zero && first <= nine) return levelOfNumber(numberOf(bytes, from, to))
  return to - from === 1 ? letters.value(bytes, from, to) : levelOfWord(bytes, from, to)
}

/**
 * Tens are pino's, bunyan's and Python's; numbers below 8 are syslog's, which GELF and journald use; others up to 24 are
 * OpenTelemetry's.
 */
function levelOfNumber(number: number): number {
  if (number >= 8 && number <= 24 && number % 10 !== 0) return Math.ceil(number / 4)
  if (number >= 10) return number > 60 ? none : Math.min(fatal, Math.floor(number / 10))
  return [fatal, fatal, fatal, error, warn, info, info, debug][number] ?? none
}

/** OpenTelemetry's severity number: four for each level. */
export function levelOfSeverity(bytes: Uint8Array, start: number, end: number): number {
  const number = numberOf(bytes, start, end)
  return number >= 1 && number <= 24 ? Math.ceil(number / 4) : none
}

/** NaN for anything but one to three digits. */
function numberOf(bytes: Uint8Array, start: number, end: number): number {
  if (end <= start || end - start > 3) return Number.NaN
  let number = 0
  for (let at = start; at < end; at += 1) {
    const digit = bytes[at] ?? 0
    if (digit < zero || digit > nine) return Number.NaN
    number = number * 10 + digit - zero
  }
  return number
}
