import { createStore, type StoreApi } from 'zustand/vanilla'
import type { EndpointRow, Watch, WatchState } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import type { Client } from '../../lib/client.ts'
import { follow } from '../../lib/follow.ts'
import { problemOf } from '../../lib/outcome.ts'
import { t } from '../../strings/t.ts'
import { changeCounts, changeLine } from '../history/changes.ts'

export interface WatchesState {
  /** By plane; undefined until the first report. */
  readonly states: Readonly<Record<string, WatchState>> | undefined
  readonly problem: ProblemReport | undefined
  /** Follows every watch until the signal aborts; `notify` is called for each change or failure. */
  follow(notify: (state: WatchState) => void, signal: AbortSignal): Promise<void>
  /** Null switches it off. */
  change(planeId: string, watch: Watch | null): Promise<ProblemReport | undefined>
}

export type WatchesStore = StoreApi<WatchesState>

export interface WatchesClient {
  readonly connectivity: Pick<Client['connectivity'], 'watches' | 'setWatch'>
}

/** Did a scheduled run end with changes or a failure? The first state after a start is not reported: it can be hours old. */
export function shouldNotify(before: WatchState | undefined, now: WatchState): boolean {
  if (before === undefined || now.watch === null) return false
  const ended = now.lastAt !== null && now.lastAt !== before.lastAt
  return (ended && now.changes.length > 0) || (now.problem !== '' && now.problem !== before.problem)
}

/** Changes listed in a notice; the view lists all. */
const listedChanges = 3

/** The notice for a watch that found a change or failed; shown in every view. */
export function watchNotice(
  plane: string,
  { planeId, changes, problem }: WatchState,
  rows: readonly EndpointRow[] | undefined,
) {
  if (changes.length === 0 && problem !== '') {
    return { tone: 'bad', title: t('connectivity.watch.newsFailed', { plane }), lines: [problem], planeId } as const
  }
  const bad = changes.some(({ kind }) => kind === 'broke')
  const rest = changes.length - listedChanges
  return {
    tone: bad ? 'bad' : changes.some(({ kind }) => kind === 'worse' || kind === 'other-cause') ? 'warn' : 'busy',
    title: t('connectivity.watch.newsChanged', { plane, changes: changeCounts(changes) }),
    lines: [
      ...changes.slice(0, listedChanges).map((change) => changeLine(change, rows)),
      ...(rest > 0 ? [t('connectivity.watch.more', { count: rest })] : []),
    ],
    planeId,
  } as const
}

/** The watch of one plane; undefined: not watched, or not reported yet. */
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
    async follow(notify, signal) {
      const problem = await follow(
        (until) => client.connectivity.watches(undefined, { signal: until }),
        (all) => {
          const before = get().states
          set({ states: Object.fromEntries(all.map((state) => [state.planeId, state])), problem: undefined })
          if (before === undefined) return
          for (const state of all) if (shouldNotify(before[state.planeId], state)) notify(state)
        },
        signal,
      )
      if (problem !== undefined) set({ problem })
    },
    change: (planeId, watch) => problemOf(() => client.connectivity.setWatch({ planeId, watch })),
  }))
