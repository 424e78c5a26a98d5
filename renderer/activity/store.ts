import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ActivityEntry, ActivityPage } from '../../preload/contract/activity.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { Client } from '../lib/client.ts'
import { follow } from '../lib/follow.ts'
import { problemOf } from '../lib/outcome.ts'
import { type ActivityFilter, noActivityFilter } from './filter.ts'

/** Of all planes, or the id of one. */
export type Scope = string
export const allPlanes: Scope = ''

export interface ActivityState {
  /** Of the scope that is watched, without operations, the newest first; undefined until the first answer. */
  readonly entries: readonly ActivityEntry[] | undefined
  readonly more: boolean
  readonly gaps: Pick<ActivityPage, 'unverifiedDays' | 'fullDays'>
  readonly problem: ProblemReport | undefined
  readonly filters: ReadonlyMap<Scope, ActivityFilter>
  watch(scope: Scope, signal: AbortSignal): Promise<void>
  /** Loads entries that are older than those that are there. */
  loadEarlier(): Promise<ProblemReport | undefined>
  setFilter(scope: Scope, change: Partial<ActivityFilter>): void
}

export type ActivityStore = StoreApi<ActivityState>

export const filterOf =
  (scope: Scope) =>
  ({ filters }: ActivityState): ActivityFilter =>
    filters.get(scope) ?? noActivityFilter

const pageEntries = 500
const kinds = ['check', 'watch', 'health', 'cluster', 'profile'] as const

/** Each id once; the newest first. */
function merged(known: readonly ActivityEntry[], arrived: readonly ActivityEntry[]): readonly ActivityEntry[] {
  const byId = new Map([...known, ...arrived].map((entry) => [entry.id, entry]))
  return [...byId.values()].toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))
}

export const createActivityStore = (client: Pick<Client, 'activity'>): ActivityStore =>
  createStore<ActivityState>()((set, get) => {
    let watched: Scope | undefined
    let loading: Promise<ProblemReport | undefined> | undefined
    const queryOf = (scope: Scope) => ({
      kinds: [...kinds],
      limit: pageEntries,
      ...(scope !== allPlanes && { planeId: scope }),
    })
    return {
      entries: undefined,
      more: false,
      gaps: { unverifiedDays: 0, fullDays: 0 },
      problem: undefined,
      filters: new Map(),
      async watch(scope, signal) {
        if (watched !== scope) set({ entries: undefined, more: false })
        watched = scope
        let first = true
        const problem = await follow(
          (until) => {
            first = true
            return client.activity.watch(queryOf(scope), { signal: until })
          },
          ({ entries, more, ...gaps }) => {
            const isComplete = first
            first = false
            set((state) => ({
              entries: merged(isComplete ? [] : (state.entries ?? []), entries),
              more: isComplete ? more : state.more,
              gaps,
              problem: undefined,
            }))
          },
          signal,
        )
        if (problem !== undefined) set({ problem })
      },
      loadEarlier() {
        loading ??= problemOf(async () => {
          const scope = watched
          const oldest = get().entries?.at(-1)
          if (scope === undefined || oldest === undefined) return
          // Others of the same millisecond can be among the older ones.
          const until = new Date(Date.parse(oldest.at) + 1).toISOString()
          const { entries, more } = await client.activity.list({ ...queryOf(scope), until })
          if (watched === scope) set((state) => ({ entries: merged(state.entries ?? [], entries), more }))
        }).finally(() => {
          loading = undefined
        })
        return loading
      },
      setFilter(scope, change) {
        set((state) => ({ filters: new Map(state.filters).set(scope, { ...filterOf(scope)(state), ...change }) }))
      },
    }
  })
