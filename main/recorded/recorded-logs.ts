import {
  LogQuery,
  type LogRecord,
  type LogStatus,
  type PlacedLines,
  type SearchEvent,
} from '../../preload/contract/logs.ts'
import { countByStep } from '../logs/histogram.ts'
import type { Logs } from '../logs/logs.ts'
import { fold, type Subject } from '../logs/query/evaluate.ts'
import { type CompiledQuery, compileQuery } from '../logs/store/query.ts'
import { compare, fromId, levelNumber } from '../logs/store/record.ts'
import type { Recording } from './recording.ts'

type HistogramInput = Parameters<Logs['histogram']>[0]

type PlaceInput = Parameters<Logs['place']>[0]

const minuteMs = 60_000

/** The recorded lines that match, in the order of the query, and whether more do. Throws QUERY_INVALID. Pure. */
export function searchRecorded(records: readonly LogRecord[], query: LogQuery): { found: LogRecord[]; more: boolean } {
  const compiled = compileQuery(query)
  const matching = records.filter((record) => matches(compiled, record))
  // Recorded with the newest first.
  const ordered = compiled.order === 'newest' ? matching : matching.toReversed()
  return { found: ordered.slice(0, compiled.limit), more: ordered.length > compiled.limit }
}

function matches({ holds, before, after }: CompiledQuery, record: LogRecord): boolean {
  const position = fromId(record.id)
  if (position === undefined) return false
  if (before !== undefined && compare(position, before) >= 0) return false
  if (after !== undefined && compare(position, after) <= 0) return false
  return holds(subjectOf(record))
}

function subjectOf({ at, level, source, pod, container, raw, fields }: LogRecord): Subject {
  const atMs = Date.parse(at)
  return { atMs, level, source, pod, container, raw, folded: () => fold(raw), fields: () => fields }
}

export async function* recordedSearch({ logs }: Recording, query: LogQuery): AsyncGenerator<SearchEvent> {
  const { found, more } = searchRecorded(logs.records, query)
  yield { kind: 'records', records: found }
  yield { kind: 'done', blocksRead: 0, blocksSkipped: 0, elapsedMs: 0, more }
}

/** All of them are counted at once: there are few. Throws QUERY_INVALID. */
export function recordedPlace({ logs }: Recording, { target, ...query }: PlaceInput): PlacedLines {
  const { limit = 200, order } = LogQuery.parse(query)
  const { found } = searchRecorded(logs.records, { ...query, limit: Number.MAX_SAFE_INTEGER })
  const place =
    'place' in target
      ? Math.min(target.place, Math.max(0, found.length - 1))
      : found.findIndex(({ id, at }) => {
          if ('record' in target) return id === target.record
          return order === 'newest' ? at <= target.time : at >= target.time
        })
  const first = place === -1 ? found.length : place
  return { place: first, count: found.length, isComplete: true, records: found.slice(first, first + limit) }
}

export function recordedHistogram({ logs }: Recording, { steps, list: _, ...given }: HistogramInput) {
  const query = LogQuery.parse({ ...given, limit: 1 })
  const compiled = compileQuery(query)
  const rows = logs.records
    .filter((record) => matches(compiled, record))
    .map(({ at, level, source }) => ({
      source,
      level: levelNumber(level),
      minute: Math.floor(Date.parse(at) / minuteMs),
      count: 1,
    }))
  const range = { sources: query.sources, fromMs: Date.parse(given.from), toMs: Date.parse(given.to), steps }
  return countByStep(rows, range)
}

export function recordedLogStatus({ logs: { records, sources, rawBytes } }: Recording): LogStatus {
  return {
    schemaVersion: 1,
    records: records.length,
    rawBytes,
    storedBytes: rawBytes,
    oldest: records.at(-1)?.at ?? null,
    newest: records[0]?.at ?? null,
    protection: 'keychain',
    collecting: false,
    sources: sources.map(({ id, title }) => {
      const own = records.filter(({ source }) => source === id)
      return { id, title, records: own.length, newest: own[0]?.at ?? null }
    }),
  }
}
