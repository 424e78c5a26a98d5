import { createStore, type StoreApi } from 'zustand/vanilla'
import type { EndpointRow, Watch, WatchState } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import type { Client } from '../../lib/client.ts'
import { follow } from '../../lib/follow.ts'
import { problemOf } from '../../lib/outcome.ts'
import { changeCounts, changeLine } from '../history/changes.ts'

export interface WatchesState {
  /** By plane; undefined until the core has said. */
  readonly states: Readonly<Record<string, WatchState>> | undefined
  readonly problem: ProblemReport | undefined
  /** Follows every watch until the signal aborts, and tells what a watch found out meanwhile. */
  follow(tell: (state: WatchState) => void, signal: AbortSignal): Promise<void>
  /** Null switches it off. */
  change(planeId: string, watch: Watch | null): Promise<ProblemReport | undefined>
}

export type WatchesStore = StoreApi<WatchesState>

export interface WatchesClient {
  readonly connectivity: Pick<Client['connectivity'], 'watches' | 'setWatch'>
}

/** Has a run of the schedule ended since, with something to tell? The first word of a watch is no news: it may be hours old. */
export function isNews(before: WatchState | undefined, now: WatchState): boolean {
  if (before === undefined || now.watch === null) return false
  const ended = now.lastAt !== null && now.lastAt !== before.lastAt
  return (ended && now.changes.length > 0) || (now.problem !== '' && now.problem !== before.problem)
}

/** So many changes are named in a notice; the view has them all. */
const namedAtOnce = 3

/** What the window says of a watch that found something out, whatever view is open. */
export function watchNews(
  plane: string,
  { planeId, changes, problem }: WatchState,
  rows: readonly EndpointRow[] | undefined,
) {
  if (changes.length === 0 && problem !== '') {
    return { tone: 'bad', title: `${plane}: the watch came to nothing`, lines: [problem], planeId } as const
  }
  const bad = changes.some(({ kind }) => kind === 'broke')
  const rest = changes.length - namedAtOnce
  return {
    tone: bad ? 'bad' : changes.some(({ kind }) => kind === 'worse' || kind === 'other-cause') ? 'warn' : 'busy',
    title: `${plane}: connectivity changed (${changeCounts(changes)})`,
    lines: [
      ...changes.slice(0, namedAtOnce).map((change) => changeLine(change, rows)),
      ...(rest > 0 ? [`and ${rest} more`] : []),
    ],
    planeId,
  } as const
}

/** Of one plane; undefined: not watched, or not known yet. */
export const watchOf =
  (planeId: string | undefined) =>
  ({ states }: WatchesState): WatchState | undefined => {
    const state = planeId === undefined ? undefined : states?.[planeId]
    return state === undefined || state.watch === null ? undefined : state
  }

export const createWatchesStore = (client: WatchesClient): WatchesStore =>
  createStore<WatchesState>()((set, get) => ({
    states: undefined,
    problem: undefined,
    async follow(tell, signal) {
      const problem = await follow(
        (until) => client.connectivity.watches(undefined, { signal: until }),
        (all) => {
          const before = get().states
          set({ states: Object.fromEntries(all.map((state) => [state.planeId, state])), problem: undefined })
          if (before === undefined) return
          for (const state of all) if (isNews(before[state.planeId], state)) tell(state)
        },
        signal,
      )
      if (problem !== undefined) set({ problem })
    },
    change: (planeId, watch) => problemOf(() => client.connectivity.setWatch({ planeId, watch })),
  }))
