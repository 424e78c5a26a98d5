import { operationEntry } from '../../preload/activity-entries.ts'
import type { ActivityEntry } from '../../preload/contract/activity.ts'
import type { Operation } from '../../preload/contract/operations.ts'

/** Operations change while they run, so the window has them from their own stream. */
export interface Sources {
  /** Without operations. */
  readonly entries: readonly ActivityEntry[]
  readonly operations: readonly Operation[]
  /** Only of this plane. */
  readonly planeId: string | undefined
  /** Whether there are older entries than these: then older operations wait for them. */
  readonly more: boolean
}

const newestFirst = (one: ActivityEntry, other: ActivityEntry): number =>
  Date.parse(other.at) - Date.parse(one.at) || (one.id < other.id ? 1 : -1)

const known = new WeakMap<Operation, ActivityEntry>()

/** The same entry for the same operation, so that its line need not render again. */
function entryOf(operation: Operation): ActivityEntry {
  const entry = known.get(operation) ?? operationEntry(operation)
  known.set(operation, entry)
  return entry
}

/** All that happened, the newest first. Pure. */
export function timeline({ entries, operations, planeId, more }: Sources): readonly ActivityEntry[] {
  const oldestMs = more ? Math.min(...entries.map(({ at }) => Date.parse(at))) : Number.NEGATIVE_INFINITY
  const ofOperations = operations
    .filter((operation) => planeId === undefined || operation.planeId === planeId)
    .filter(({ startedAt, endedAt }) => endedAt === undefined || Date.parse(startedAt) >= oldestMs)
    .map(entryOf)
  return [...entries, ...ofOperations].toSorted(newestFirst)
}

export interface Day {
  /** "2026-03-01". */
  readonly date: string
  readonly entries: readonly ActivityEntry[]
}

/** `dateOf` is in the zone of the settings. Pure. */
export const byDay = (entries: readonly ActivityEntry[], dateOf: (at: string) => string): readonly Day[] =>
  [...Map.groupBy(entries, ({ at }) => dateOf(at))].map(([date, ofDay]) => ({ date, entries: ofDay }))
