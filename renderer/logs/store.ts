import { createStore } from 'zustand/vanilla'
import { attempt, problemOf } from '../lib/outcome.ts'
import { pause } from '../lib/pause.ts'
import { emptyFilter, withNewest } from './query.ts'
import { createSearch } from './search.ts'
import { type LogsClient, type LogsState, type LogsStore, noResults } from './state.ts'
import { createTail } from './tail.ts'

/** A search starts this long after the last key press. */
const typingDelayMs = 200
const statusIntervalMs = 3_000

export const createLogsStore = (client: LogsClient): LogsStore =>
  createStore<LogsState>()((set, get, store) => {
    const tail = createTail(client, store)
    const search = createSearch(client, store, tail)

    async function loadStatus(planeId: string) {
      const status = await attempt(() => client.logs.status({ planeId }))
      if (get().planeId !== planeId) return
      const before = get().status
      set(status.ok ? { status: status.value } : { problem: status.problem })
      // A search before the first collected record had no time range for the histogram.
      if (before?.oldest === null && status.ok && status.value.oldest !== null) search.loadHistogram()
    }

    return {
      planeId: undefined,
      status: undefined,
      filter: emptyFilter,
      following: true,
      ...noResults,
      async enter(planeId, signal) {
        if (get().planeId !== planeId) set({ planeId, status: undefined, filter: emptyFilter, ...noResults })
        signal.addEventListener('abort', () => {
          search.stop()
          tail.stop()
        })
        await loadStatus(planeId)
        if (signal.aborted) return
        search.start()
        while (!signal.aborted) {
          await pause(statusIntervalMs, signal)
          if (!signal.aborted) await loadStatus(planeId)
        }
      },
      setFilter(part) {
        set(({ filter }) => ({ filter: { ...filter, ...part } }))
        search.start(part.text === undefined ? 0 : typingDelayMs)
      },
      loadOlder: search.loadOlder,
      select: (selected) => set({ selected }),
      setFollowing(on) {
        const { planeId } = get()
        set({ following: on === 'yes' })
        if (on === 'no') tail.stop()
        else if (planeId !== undefined) search.start()
      },
      scrolled(where) {
        if ((where === 'newest') === get().atNewest) return
        set({ atNewest: where === 'newest' })
        if (where === 'newest') get().showPending()
      },
      showPending() {
        set(({ records, pending }) => ({ records: withNewest(records, pending), pending: [], atNewest: true }))
      },
      async collect() {
        const { planeId } = get()
        if (planeId === undefined) return undefined
        return problemOf(async () => {
          await client.logs.collect({ planeId })
          await loadStatus(planeId)
        })
      },
      async purge() {
        const { planeId } = get()
        if (planeId === undefined) return undefined
        return problemOf(async () => {
          await client.logs.purge({ planeId })
          set({ ...noResults, phase: 'done' })
          await loadStatus(planeId)
        })
      },
    }
  })
