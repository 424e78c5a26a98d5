import type { ActivityEntry, ActivityKind, ActivityOutcome } from '../../preload/contract/activity.ts'
import type { Range } from '../logs/query.ts'

/** Empty lists: all. */
export interface ActivityFilter {
  readonly kinds: readonly ActivityKind[]
  readonly outcomes: readonly ActivityOutcome[]
  /** Ids of planes; only for the activity of all planes. */
  readonly planes: readonly string[]
  /** Words that must all occur. */
  readonly text: string
  readonly range: Range
}

export const noActivityFilter: ActivityFilter = {
  kinds: [],
  outcomes: [],
  planes: [],
  text: '',
  range: { kind: 'all' },
}

/** In the order of the filter. The contract has the same lists, with the schemas that the first view does not need. */
export const kinds = ['check', 'watch', 'operation', 'health', 'cluster', 'profile'] as const satisfies ActivityKind[]
export const outcomes = ['failed', 'warning', 'running', 'ok', 'info'] as const satisfies ActivityOutcome[]

export const isFiltered = ({ kinds: chosen, outcomes: results, planes, text, range }: ActivityFilter): boolean =>
  chosen.length + results.length + planes.length > 0 || text.trim() !== '' || range.kind !== 'all'

const includes = <Value>(chosen: readonly Value[], value: Value): boolean =>
  chosen.length === 0 || chosen.includes(value)

/** `words`: the texts that the entry shows. Pure. */
export function matches(entry: ActivityEntry, words: string, filter: ActivityFilter, nowMs: number): boolean {
  const { range } = filter
  const atMs = Date.parse(entry.at)
  if (range.kind === 'last' && atMs < nowMs - range.ms) return false
  if (range.kind === 'between' && (atMs < Date.parse(range.from) || atMs >= Date.parse(range.to))) return false
  if (!includes(filter.kinds, entry.kind) || !includes(filter.outcomes, entry.outcome)) return false
  if (filter.planes.length > 0 && (entry.planeId === null || !filter.planes.includes(entry.planeId))) return false
  const shown = words.toLowerCase()
  return filter.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => shown.includes(word))
}
