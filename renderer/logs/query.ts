import type { Level, LogQuery, LogRecord, LogStatus } from '../../preload/contract/logs.ts'

/** Which stretch of time is looked at. */
export type Range =
  | { readonly kind: 'all' }
  | { readonly kind: 'last'; readonly ms: number }
  | { readonly kind: 'between'; readonly from: string; readonly to: string }

export interface Question {
  readonly text: string
  readonly levels: readonly Level[]
  readonly sources: readonly string[]
  readonly range: Range
}

export const emptyQuestion: Question = { text: '', levels: [], sources: [], range: { kind: 'all' } }

const hourMs = 3_600_000
export const ranges = [
  { name: 'Any time', range: { kind: 'all' } },
  { name: 'Last 15 min', range: { kind: 'last', ms: hourMs / 4 } },
  { name: 'Last hour', range: { kind: 'last', ms: hourMs } },
  { name: 'Last 6 h', range: { kind: 'last', ms: 6 * hourMs } },
  { name: 'Last 24 h', range: { kind: 'last', ms: 24 * hourMs } },
  { name: 'Last 7 d', range: { kind: 'last', ms: 168 * hourMs } },
] as const satisfies readonly { name: string; range: Range }[]

export const isAsked = ({ text, levels, sources, range }: Question): boolean =>
  text.trim() !== '' || levels.length > 0 || sources.length > 0 || range.kind !== 'all'

/** Lines a page; the core takes up to 1,000. */
const pageLines = 200

/** What the core is asked, `now` in milliseconds. */
export function toQuery(planeId: string, question: Question, now: number): LogQuery {
  const { text, levels, sources, range } = question
  return {
    planeId,
    text: text.trim(),
    levels: [...levels],
    sources: [...sources],
    limit: pageLines,
    ...(range.kind === 'last' && { from: new Date(now - range.ms).toISOString() }),
    ...(range.kind === 'between' && { from: range.from, to: range.to }),
  }
}

/** The stretch of time that the histogram shows: the one asked for, or all that was collected. */
export function histogramSpan(
  range: Range,
  status: LogStatus | undefined,
  now: number,
): { readonly from: string; readonly to: string } | undefined {
  if (range.kind === 'between') return { from: range.from, to: range.to }
  if (range.kind === 'last') return { from: new Date(now - range.ms).toISOString(), to: new Date(now).toISOString() }
  if (status?.oldest == null || status.newest === null) return undefined
  // At least a second, and one past the newest: the end of a span is not part of it.
  const to = Math.max(Date.parse(status.newest) + 1, Date.parse(status.oldest) + 1_000)
  return { from: new Date(status.oldest).toISOString(), to: new Date(to).toISOString() }
}

/** More lines than a person reads; past it the oldest leave the window (never the store). */
export const loadedLines = 20_000

const newerFirst = (left: LogRecord, right: LogRecord): number =>
  Date.parse(right.at) - Date.parse(left.at) || (left.id < right.id ? 1 : left.id > right.id ? -1 : 0)

/** Puts records that have just arrived into a list that is newest first; each id once. */
export function withNewest(records: readonly LogRecord[], arrived: readonly LogRecord[]): readonly LogRecord[] {
  const known = new Set(records.map(({ id }) => id))
  const fresh = arrived.filter(({ id }) => !known.has(id)).toSorted(newerFirst)
  const oldestFresh = fresh.at(-1)
  const newest = records[0]
  if (oldestFresh === undefined) return records
  const inOrder = newest === undefined || newerFirst(oldestFresh, newest) <= 0
  const all = inOrder ? [...fresh, ...records] : [...fresh, ...records].sort(newerFirst)
  return all.slice(0, loadedLines)
}
