import type { ProblemReport } from '../../preload/contract/problem.ts'
import { attempt } from '../lib/outcome.ts'
import { isAbort, toReport } from '../lib/problem.ts'
import { t } from '../strings/t.ts'
import { loadEnginePage } from './engineSearch.ts'
import { canFollow, histogramSpan, maxLoadedLines, toQuery } from './query.ts'
import type { LogsClient, LogsStore } from './state.ts'
import type { Tail } from './tail.ts'

/** Columns of the histogram: about 10 px each in a window of common width. */
const histogramSteps = 80

const damageProblem = (count: number): ProblemReport => ({
  code: 'LOG_STORE_DAMAGED',
  message: t('logs.damaged', { count }),
  hint: '',
  evidence: '',
})

export interface Search {
  /** Searches with the current filter after the delay. Cancels the search before. */
  start(delayMs?: number): void
  /** Loads the next page: of older records, or of newer ones in a list that is oldest first. */
  loadMore(): Promise<void>
  /** Continues the search of an engine that was paused, or ended with an error. */
  resume(): Promise<void>
  /** Stops the search of an engine so that it can be continued. */
  pause(): void
  /** Loads the histogram alone, after the first records arrived. */
  loadHistogram(): void
  stop(): void
}

/** Loads the records and the histogram for the current filter. */
export function createSearch(client: LogsClient, store: LogsStore, tail: Tail): Search {
  let controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  async function loadHistogram(planeId: string, signal: AbortSignal) {
    const { filter, status, engine } = store.getState()
    // An engine counts lines, not the records that match.
    if (engine !== undefined) return
    const span = histogramSpan(filter.range, status, Date.now())
    if (span === undefined) return store.setState({ histogram: [] })
    const { text, levels, sources } = toQuery(planeId, filter, Date.now())
    const input = { planeId, ...span, text, levels, sources, steps: histogramSteps }
    const histogram = await attempt(() => client.logs.histogram(input, { signal }))
    // The list works without a histogram; a relevant failure also fails the search itself.
    if (!signal.aborted) store.setState({ histogram: histogram.ok ? histogram.value : [] })
  }

  /** Loads one page. `last`: id of the last loaded record; undefined: the first page. */
  async function loadPage(planeId: string, last: string | undefined, signal: AbortSignal) {
    const { engine } = store.getState()
    if (engine !== undefined) return await loadEnginePage(client, store, { planeId, engine, cursor: last }, signal)
    let replaces = last === undefined
    const { filter } = store.getState()
    const from = last === undefined ? {} : { [filter.order === 'newest' ? 'before' : 'after']: last }
    const query = { ...toQuery(planeId, filter, Date.now()), ...from }
    try {
      for await (const event of await client.logs.search(query, { signal })) {
        if (signal.aborted) return
        if (event.kind === 'records') {
          // The old records stay until new ones arrive, so that the list does not flicker while the user types.
          const loaded = replaces ? [] : store.getState().records
          replaces = false
          store.setState({ records: [...loaded, ...event.records].slice(0, maxLoadedLines) })
        } else {
          const { elapsedMs, blocksRead, blocksSkipped, more, damaged } = event
          const stats = { elapsedMs, blocksRead, blocksSkipped }
          store.setState({
            phase: 'done',
            more,
            stats,
            ...(replaces && { records: [] }),
            ...(damaged !== undefined && { problem: damageProblem(damaged) }),
          })
        }
      }
      if (!signal.aborted) store.setState({ phase: 'done' })
    } catch (error) {
      if (!isAbort(error, signal)) store.setState({ phase: 'done', problem: toReport(error) })
    }
  }

  async function run() {
    const { planeId, following, engine } = store.getState()
    if (planeId === undefined) return
    clearTimeout(timer)
    controller.abort()
    controller = new AbortController()
    const { signal } = controller
    store.setState({
      phase: 'searching',
      problem: undefined,
      pending: [],
      atNewest: store.getState().filter.order === 'newest',
      // A search of an engine takes long, and lines of the one before must not pass for its own.
      ...(engine !== undefined && { records: [], more: false, histogram: [], engineProgress: undefined }),
    })
    if (following && engine === undefined && canFollow(store.getState().filter)) tail.start(planeId)
    else tail.stop()
    await Promise.all([loadPage(planeId, undefined, signal), loadHistogram(planeId, signal)])
  }

  return {
    start(delayMs) {
      clearTimeout(timer)
      if (delayMs === undefined) void run()
      else timer = setTimeout(() => void run(), delayMs)
    },
    async loadMore() {
      const { planeId, phase, more, records, engine, engineProgress } = store.getState()
      const last = engine === undefined ? records.at(-1)?.id : engineProgress?.next
      if (planeId === undefined || phase !== 'done' || !more || last === undefined) return
      if (records.length >= maxLoadedLines || engineProgress?.isPaused === true) return
      store.setState({ phase: 'more' })
      await loadPage(planeId, last, controller.signal)
    },
    async resume() {
      const { planeId, phase, engine, engineProgress } = store.getState()
      if (planeId === undefined || engine === undefined || phase !== 'done') return
      controller = new AbortController()
      store.setState({ phase: engineProgress?.next === undefined ? 'searching' : 'more', problem: undefined })
      await loadPage(planeId, engineProgress?.next, controller.signal)
    },
    pause() {
      const { engineProgress, phase } = store.getState()
      clearTimeout(timer)
      controller.abort()
      if (engineProgress === undefined || phase === 'done') return
      store.setState({ phase: 'done', more: true, engineProgress: { ...engineProgress, isPaused: true } })
    },
    loadHistogram() {
      const { planeId } = store.getState()
      if (planeId !== undefined) void loadHistogram(planeId, controller.signal)
    },
    stop() {
      controller.abort()
      clearTimeout(timer)
    },
  }
}
