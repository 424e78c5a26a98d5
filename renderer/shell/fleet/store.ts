import { createStore, type StoreApi } from 'zustand/vanilla'
import type { PlaneSummary } from '../../../preload/contract/fleet.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import type { Client } from '../../lib/client.ts'
import { follow } from '../../lib/follow.ts'
import { problemOf } from '../../lib/outcome.ts'

export interface FleetState {
  /** By plane id; undefined until the first answer. */
  readonly summaries: ReadonlyMap<string, PlaneSummary> | undefined
  readonly problem: ProblemReport | undefined
  /** How many planes the running check has; undefined: none runs. */
  readonly checking: number | undefined
  /** Follows what is known of all planes until the signal aborts. */
  watch(signal: AbortSignal): Promise<void>
  check(planeIds: readonly string[], connections: boolean): Promise<ProblemReport | undefined>
  stop(): void
}

export type FleetStore = StoreApi<FleetState>

export const createFleetStore = (client: Pick<Client, 'fleet'>): FleetStore =>
  createStore<FleetState>()((set, get) => {
    let running: AbortController | undefined
    return {
      summaries: undefined,
      problem: undefined,
      checking: undefined,
      async watch(signal) {
        const problem = await follow(
          (until) => client.fleet.watch(undefined, { signal: until }),
          ({ planes }) => {
            const summaries = new Map(get().summaries)
            for (const summary of planes) summaries.set(summary.planeId, summary)
            set({ summaries, problem: undefined })
          },
          signal,
        )
        if (problem !== undefined) set({ problem })
      },
      async check(planeIds, connections) {
        const stop = new AbortController()
        running?.abort()
        running = stop
        set({ checking: planeIds.length })
        const problem = await problemOf(() =>
          client.fleet.check({ planeIds: [...planeIds], connections }, { signal: stop.signal }),
        )
        if (running !== stop) return undefined
        running = undefined
        set({ checking: undefined })
        return stop.signal.aborted ? undefined : problem
      },
      stop: () => running?.abort(),
    }
  })
