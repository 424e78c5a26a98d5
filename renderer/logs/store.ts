import { createStore } from 'zustand/vanilla'
import type { LogRecord } from '../../preload/contract/logs.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { keepForLong, recallForLong } from '../lib/keep.ts'
import { attempt, problemOf } from '../lib/outcome.ts'
import { pause } from '../lib/pause.ts'
import { defaultColumns, toggled } from './columns.ts'
import { exportFile } from './exportFile.ts'
import { findPatterns } from './patterns.ts'
import { emptyFilter } from './query.ts'
import { createRelated } from './related.ts'
import { createSearch } from './search.ts'
import { type LogsClient, type LogsState, type LogsStore, noResults } from './state.ts'
import { isError, stepTo } from './steps.ts'
import { createTail, type Tail } from './tail.ts'
import { createTakeOffline } from './takeOffline.ts'

/** A search starts this long after the last key press; one of a log engine costs the cluster more. */
const typingDelayMs = { here: 200, engine: 600 }
const statusIntervalMs = 3_000
const wrapKey = 'logs.wrap'
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'

export const createLogsStore = (client: LogsClient): LogsStore =>
  createStore<LogsState>()((set, get, store) => {
    const tail: Tail = createTail(client, store, {
      onGap: () => search.loadHistogram(),
      onArrived: () => search.refresh(),
    })
    const search = createSearch(client, store, tail)
    const related = createRelated(client, store)
    const takeOffline = createTakeOffline(client, store)

    async function loadStatus(planeId: string) {
      const status = await attempt(() => client.logs.status({ planeId }))
      if (get().planeId !== planeId) return
      const before = get().status
      set(status.ok ? { status: status.value } : { problem: status.problem })
      // A search before the first collected record had no time range for the histogram.
      if (before?.oldest === null && status.ok && status.value.oldest !== null) search.loadHistogram()
    }

    /** Those of a locked vault are loaded when it is open. */
    async function loadSearches(planeId: string) {
      const searches = await attempt(() => client.logs.searches({ planeId }))
      if (searches.ok && get().planeId === planeId) set({ searches: searches.value })
    }

    function changeSearches(planeId: string, change: () => Promise<unknown>): Promise<ProblemReport | undefined> {
      return problemOf(async () => {
        await change()
        await loadSearches(planeId)
      })
    }

    return {
      planeId: undefined,
      status: undefined,
      filter: emptyFilter,
      engine: undefined,
      fetches: new Map(),
      searches: [],
      following: true,
      columns: defaultColumns,
      wrap: recallForLong(wrapKey, isBoolean) ?? false,
      shown: 'lines',
      ...noResults,
      async enter(planeId, signal) {
        if (get().planeId !== planeId)
          set({
            planeId,
            status: undefined,
            filter: emptyFilter,
            engine: undefined,
            searches: [],
            ...noResults,
          })
        signal.addEventListener('abort', () => {
          related.stop()
          search.stop()
          tail.stop()
        })
        await loadStatus(planeId)
        if (signal.aborted) return
        search.start()
        void loadSearches(planeId)
        void takeOffline.load(planeId)
        while (!signal.aborted) {
          await pause(statusIntervalMs, signal)
          if (!signal.aborted) await loadStatus(planeId)
        }
      },
      setFilter(part) {
        set(({ filter }) => ({ filter: { ...filter, ...part }, related: undefined }))
        const delayMs = typingDelayMs[get().engine === undefined ? 'here' : 'engine']
        search.start(part.text === undefined ? 0 : delayMs)
      },
      setEngine(engine) {
        tail.stop()
        set({ engine, ...noResults })
        search.start()
      },
      continueSearch: search.resume,
      stopSearch: search.pause,
      async engines() {
        const { planeId } = get()
        return planeId === undefined ? undefined : attempt(() => client.logs.engines({ planeId }))
      },
      startFetch: takeOffline.start,
      cancelFetch: takeOffline.cancel,
      forgetFetch: takeOffline.forget,
      applySearch: ({ text, levels, sources, range, order }) =>
        get().setFilter({ text, levels, sources, range, order, at: undefined }),
      async saveSearch(name) {
        const { planeId, filter } = get()
        if (planeId === undefined) return undefined
        const { at: _, levels, sources, ...rest } = filter
        const search = { ...rest, planeId, name, levels: [...levels], sources: [...sources] }
        return changeSearches(planeId, () => client.logs.saveSearch(search))
      },
      async removeSearch(id) {
        const { planeId } = get()
        if (planeId === undefined) return undefined
        return changeSearches(planeId, () => client.logs.removeSearch({ planeId, id }))
      },
      loadMore: search.loadMore,
      load: search.load,
      selectAt: search.selectAt,
      select(selected) {
        const { related: shown, records } = get()
        if (shown !== undefined) set({ related: { ...shown, selected } })
        else set({ selected, opened: records.find(({ id }) => id === selected) })
      },
      showRelated(to, selected) {
        if (to === undefined) related.close()
        else related.open(to, selected)
      },
      loadMoreRelated: related.loadMore,
      async step(step, to) {
        for (;;) {
          const { related: shown, records, selected, more } = get()
          const isWanted = (record: LogRecord): boolean =>
            to === 'error' ? isError(record) : shown === undefined || shown.matching.has(record.id)
          const list = shown ?? { records, selected }
          const found = stepTo(list.records, list.selected, step, isWanted)
          if (found !== undefined) {
            get().select(found.id)
            return true
          }
          if (shown !== undefined || step === 'previous' || !more) return false
          await search.loadMore()
          if (get().records.at(-1)?.id === records.at(-1)?.id) return false
        }
      },
      fold(id, unfolded) {
        const next = new Set(get().unfolded)
        if (unfolded === 'yes') next.add(id)
        else next.delete(id)
        set({ unfolded: next })
      },
      toggleColumn: (name) => set(({ columns }) => ({ columns: toggled(columns, name) })),
      setColumns: (columns) => set({ columns }),
      setWrap(on) {
        set({ wrap: on === 'yes' })
        keepForLong(wrapKey, on === 'yes')
      },
      show: (shown) => set({ shown }),
      setFollowing(on) {
        const { planeId } = get()
        set({ following: on === 'yes' })
        if (on === 'no') tail.stop()
        else if (planeId !== undefined) search.start()
      },
      scrolled(seen) {
        const { filter, atNewest: before } = get()
        const atNewest = filter.order === 'newest' ? seen.atStart : seen.atEnd
        set({ seen, atNewest })
        if (atNewest && !before && get().pending > 0) get().showPending()
      },
      showPending() {
        set({ pending: 0, atNewest: true })
        search.goToNewest()
      },
      async exportFile(choice, onProgress, signal) {
        const { planeId, filter } = get()
        if (planeId === undefined) throw new Error('There is no plane to export from')
        return exportFile(client, { planeId, filter }, choice, onProgress, signal)
      },
      async findPatterns(how, onResult, signal) {
        const { planeId, filter } = get()
        if (planeId !== undefined) await findPatterns(client, { planeId, filter }, how, onResult, signal)
      },
      async accesses() {
        const { planeId } = get()
        return planeId === undefined ? undefined : attempt(() => client.logs.accesses({ planeId }))
      },
      async retention() {
        const { planeId } = get()
        return planeId === undefined ? undefined : attempt(() => client.logs.retention({ planeId }))
      },
      async expired(policy) {
        const { planeId } = get()
        return planeId === undefined ? undefined : attempt(() => client.logs.expired({ planeId, ...policy }))
      },
      async setRetention(policy) {
        const { planeId } = get()
        if (planeId === undefined) return undefined
        const outcome = await attempt(() => client.logs.setRetention({ planeId, ...policy }))
        await loadStatus(planeId)
        search.start()
        return outcome
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
