import type { Level, LogQuery, LogRecord, LogStatus } from '../../preload/contract/logs.ts'

/** The time range of a search. */
export type Range =
  | { readonly kind: 'all' }
  | { readonly kind: 'last'; readonly ms: number }
  | { readonly kind: 'between'; readonly from: string; readonly to: string }

export interface LogFilter {
  readonly text: string
  readonly levels: readonly Level[]
  readonly sources: readonly string[]
  readonly range: Range
  /** Which lines are first in the list. */
  readonly order: 'newest' | 'oldest'
  /** The list is scrolled to this time. */
  readonly at?: string | undefined
}

export const emptyFilter: LogFilter = { text: '', levels: [], sources: [], range: { kind: 'all' }, order: 'newest' }

const hourMs = 3_600_000
export const ranges = [
  { id: 'all', range: { kind: 'all' } },
  { id: 'last15Minutes', range: { kind: 'last', ms: hourMs / 4 } },
  { id: 'lastHour', range: { kind: 'last', ms: hourMs } },
  { id: 'last6Hours', range: { kind: 'last', ms: 6 * hourMs } },
  { id: 'last24Hours', range: { kind: 'last', ms: 24 * hourMs } },
  { id: 'last7Days', range: { kind: 'last', ms: 168 * hourMs } },
] as const satisfies readonly { id: string; range: Range }[]

export const isFiltered = ({ text, levels, sources, range }: LogFilter): boolean =>
  text.trim() !== '' || levels.length > 0 || sources.length > 0 || range.kind !== 'all'

/** Lines per page; the core accepts up to 1,000. */
export const pageLines = 200

/** The query for the core; `now` in ms since the epoch. */
export function toQuery(planeId: string, filter: LogFilter, now: number): LogQuery {
  const { text, levels, sources, range, order } = filter
  return {
    planeId,
    text: text.trim(),
    levels: [...levels],
    sources: [...sources],
    order,
    limit: pageLines,
    ...timesOf(range, now),
  }
}

/** Of an engine, which has no places: the list begins at the time of the filter. */
export function beginningAt(query: LogQuery, { at, order }: LogFilter): LogQuery {
  // Of times in the same form, the later one is the greater text.
  if (at === undefined) return query
  if (order === 'newest') return query.to === undefined || at < query.to ? { ...query, to: at } : query
  return query.from === undefined || at > query.from ? { ...query, from: at } : query
}

function timesOf(range: Range, now: number): { readonly from?: string; readonly to?: string } {
  if (range.kind === 'between') return { from: range.from, to: range.to }
  return range.kind === 'last' ? { from: new Date(now - range.ms).toISOString() } : {}
}

/** New lines belong into the list, unless it ends before them. */
export const canFollow = ({ range }: LogFilter): boolean => range.kind !== 'between'

/** The time range of the histogram: that of the filter, or of all collected records. */
export function histogramSpan(
  range: Range,
  status: LogStatus | undefined,
  now: number,
): { readonly from: string; readonly to: string } | undefined {
  if (range.kind === 'between') return { from: range.from, to: range.to }
  if (range.kind === 'last') return { from: new Date(now - range.ms).toISOString(), to: new Date(now).toISOString() }
  if (status?.oldest == null || status.newest === null) return undefined
  // At least one second, and past the newest record: the end of a span is exclusive.
  const to = Math.max(Date.parse(status.newest) + 1, Date.parse(status.oldest) + 1_000)
  return { from: new Date(status.oldest).toISOString(), to: new Date(to).toISOString() }
}

/** Beyond this number, lines that are far from those in view leave the window, never the log store. */
export const maxLoadedLines = 20_000

export const newerFirst = (left: LogRecord, right: LogRecord): number =>
  Date.parse(right.at) - Date.parse(left.at) || (left.id < right.id ? 1 : left.id > right.id ? -1 : 0)

export const olderFirst = (left: LogRecord, right: LogRecord): number => newerFirst(right, left)

/**
 * Inserts new records into a list in this order; each id once. Beyond the limit, a list that is newest first loses its
 * oldest records; one that is oldest first does not grow.
 */
export function withArrived(
  records: readonly LogRecord[],
  arrived: readonly LogRecord[],
  order: LogFilter['order'] = 'newest',
): readonly LogRecord[] {
  const known = new Set(records.map(({ id }) => id))
  const fresh = arrived.filter(({ id }) => !known.has(id))
  if (fresh.length === 0) return records
  const compare = order === 'newest' ? newerFirst : olderFirst
  fresh.sort(compare)
  const [before, after] = order === 'newest' ? [fresh, records] : [records, fresh]
  const [last, first] = [before.at(-1), after[0]]
  const inOrder = last === undefined || first === undefined || compare(last, first) <= 0
  const all = inOrder ? [...before, ...after] : [...before, ...after].sort(compare)
  return all.slice(0, maxLoadedLines)
}
