import type { LogCount, LogRecord } from '../../preload/contract/logs.ts'
import { type LogFilter, maxLoadedLines, newerFirst, olderFirst, pageLines, withArrived } from './query.ts'

/** The loaded lines: a part of the list without a gap. */
export interface Segment {
  readonly records: readonly LogRecord[]
  /** The place of the first of them in the list. */
  readonly first: number
  /** Whether lines follow the last of them. */
  readonly more: boolean
  readonly count: LogCount | undefined
}

/** Lines beyond those that are drawn, which are loaded before they come into view. */
const aheadLines = 100

/** Lines of the whole list, as far as they are known. */
export const listLength = ({ records, first, count }: Segment): number =>
  Math.max(first + records.length, count?.count ?? 0)

export type Load =
  | { readonly kind: 'before' }
  | { readonly kind: 'after' }
  | { readonly kind: 'jump'; readonly place: number }

/** What to load next to have all lines from one place to another; undefined when they are loaded. Pure. */
export function nextLoad(segment: Segment, from: number, to: number): Load | undefined {
  const { records, first, more } = segment
  const end = first + records.length
  if (records.length === 0) return undefined
  if (to < first - pageLines || from > end + pageLines)
    return { kind: 'jump', place: Math.max(0, Math.floor((from + to - pageLines) / 2)) }
  if (first > 0 && from - aheadLines < first) return { kind: 'before' }
  if (to + aheadLines >= end - 1 && (more || end < listLength(segment))) return { kind: 'after' }
  return undefined
}

/** With lines that come after the last one. Beyond the limit, the first ones are left. Pure. */
export function withAfter({ records, first }: Segment, loaded: readonly LogRecord[]) {
  const all = [...records, ...loaded]
  const left = Math.max(0, all.length - maxLoadedLines)
  return { records: all.slice(left), first: first + left }
}

/** With lines that come before the first one, in the order of the list. Beyond the limit, the last ones are left. Pure. */
export function withBefore({ records, first, more }: Segment, loaded: readonly LogRecord[]) {
  const all = [...loaded, ...records]
  return {
    records: all.slice(0, maxLoadedLines),
    first: Math.max(0, first - loaded.length),
    more: more || all.length > maxLoadedLines,
  }
}

interface Arrival extends Segment {
  readonly atNewest: boolean
  readonly pending: number
  readonly filter: Pick<LogFilter, 'order'>
}

/**
 * The segment with lines that have arrived: at the newest end they are in view, elsewhere they are counted. Late ones go to their
 * place among the loaded lines. Pure.
 */
export function withArrivals(
  state: Arrival,
  arrived: readonly LogRecord[],
): Partial<Pick<Arrival, 'records' | 'pending' | 'more'>> {
  const { records, first, more, atNewest, pending, filter } = state
  const isNewestFirst = filter.order === 'newest'
  const [head, last] = [records[0], records.at(-1)]
  const isShown = atNewest && (isNewestFirst ? first === 0 : !more)
  const compare = isNewestFirst ? newerFirst : olderFirst
  const belongsHere = (record: LogRecord): boolean => {
    if (head === undefined || last === undefined) return isShown
    if (compare(record, head) < 0) return isNewestFirst ? isShown : first === 0
    if (compare(record, last) > 0) return isNewestFirst ? !more : isShown
    return true
  }
  const taken = withArrived(records, arrived.filter(belongsHere), filter.order)
  return {
    records: taken,
    ...(!isShown && { pending: pending + arrived.length }),
    // A list that is oldest first has its new lines after its end: they are loaded when it is scrolled there.
    ...(!isNewestFirst && !isShown && { more: true }),
    ...(isNewestFirst && taken.length >= maxLoadedLines && { more: true }),
  }
}
