import type { LogQuery, LogRecord } from '../../preload/contract/logs.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { attempt } from '../lib/outcome.ts'
import { isAbort, toReport } from '../lib/problem.ts'
import { t } from '../strings/t.ts'
import { loadEnginePage } from './engineSearch.ts'
import { canFollow, histogramSpan, maxLoadedLines, toQuery } from './query.ts'
import { nextLoad, withAfter, withBefore } from './segment.ts'
import type { LogsClient, LogsState, LogsStore } from './state.ts'
import type { Tail } from './tail.ts'

/** Columns of the histogram: about 10 px each in a window of common width. */
const histogramSteps = 80

type PlaceTarget = Parameters<LogsClient['logs']['place']>[0]['target']

const damageProblem = (count: number): ProblemReport => ({
  code: 'LOG_STORE_DAMAGED',
  message: t('logs.damaged', { count }),
  hint: '',
  evidence: '',
})

/** After lines have arrived, places and their number are asked for at most this often. */
const refreshMs = 1_000

export interface Search {
  /** Searches with the current filter after the delay. Cancels the search before. */
  start(delayMs?: number): void
  /** Loads the next page: of older records, or of newer ones in a list that is oldest first. */
  loadMore(): Promise<void>
  /** Loads what is not loaded of these places of the list, both included. */
  load(from: number, to: number): void
  /** Loads the line at a place and selects it. */
  selectAt(place: number): void
  /** Loads the newest lines, and scrolls there. */
  goToNewest(): void
  /** Asks for places and their number again. */
  refresh(): void
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
  let refreshing: ReturnType<typeof setTimeout> | undefined
  /** When the search began: a range such as the last hour ends then, for each of its pages. */
  let askedMs = Date.now()
  /** Pages are loaded one after the other. */
  let loading: Promise<void> = Promise.resolve()
  /** The places in view: the last ones count, while others are loaded. */
  let wanted: { readonly from: number; readonly to: number } | undefined
  let selecting: number | undefined
  /** What a load found nothing more for: more lines can be counted than can be read, where a part of the store is damaged. */
  let fruitless: Pick<LogsState, 'records' | 'count'> | undefined

  const query = (planeId: string): LogQuery => toQuery(planeId, store.getState().filter, askedMs)

  function inTurn(work: () => Promise<void>): Promise<void> {
    loading = loading.then(work, work)
    return loading
  }

  async function loadHistogram(planeId: string, signal: AbortSignal) {
    const { filter, status, engine } = store.getState()
    // An engine counts lines, not the records that match.
    if (engine !== undefined) return
    const span = histogramSpan(filter.range, status, Date.now())
    if (span === undefined) return store.setState({ histogram: [] })
    const { text, levels, sources, order, from, to } = query(planeId)
    const list = { order, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
    const input = { planeId, ...span, text, levels, sources, list, steps: histogramSteps }
    const histogram = await attempt(() => client.logs.histogram(input, { signal }))
    // The list works without a histogram; a relevant failure also fails the search itself.
    if (!signal.aborted) store.setState({ histogram: histogram.ok ? histogram.value : [] })
  }

  /** Shows what was loaded. A selected line stays open when it leaves the loaded ones. */
  function show(loaded: Partial<Pick<LogsState, 'records' | 'first' | 'more' | 'goal' | 'phase' | 'count'>>) {
    const { selected, opened } = store.getState()
    const isSelected = ({ id }: LogRecord): boolean => id === selected
    store.setState({ ...loaded, opened: loaded.records?.find(isSelected) ?? opened })
    const { records, first } = store.getState()
    const chosen = selecting === undefined ? undefined : records[selecting - first]
    if (chosen === undefined) return
    selecting = undefined
    store.getState().select(chosen.id)
  }

  /** The records of one page; `done` reports whether more follow. */
  async function* searched(asked: LogQuery, signal: AbortSignal) {
    for await (const event of await client.logs.search(asked, { signal })) {
      if (signal.aborted) return
      if (event.kind === 'done') {
        const { elapsedMs, blocksRead, blocksSkipped, damaged } = event
        if (asked.before === undefined && asked.after === undefined)
          store.setState({ stats: { elapsedMs, blocksRead, blocksSkipped } })
        if (damaged !== undefined) store.setState({ problem: damageProblem(damaged) })
      }
      yield event
    }
  }

  /** The page at which the list begins to be shown. */
  function loadFirstPage(planeId: string, signal: AbortSignal): Promise<void> {
    const { at } = store.getState().filter
    return at === undefined ? loadStart(planeId, signal) : loadPlace(planeId, { time: at }, signal)
  }

  async function loadStart(planeId: string, signal: AbortSignal) {
    let isFirst = true
    for await (const event of searched(query(planeId), signal)) {
      const { records } = store.getState()
      if (event.kind === 'records') {
        // The old records stay until new ones arrive, so that the list does not flicker while the user types.
        if (isFirst) show({ records: event.records, first: 0, more: true, goal: { place: 0 } })
        else show({ records: [...records, ...event.records] })
        isFirst = false
      } else show({ more: event.more, ...(isFirst && { records: [], first: 0 }) })
    }
  }

  async function loadAfter(planeId: string, signal: AbortSignal) {
    const { filter, records } = store.getState()
    const last = records.at(-1)?.id
    if (last === undefined) return
    const asked = { ...query(planeId), [filter.order === 'newest' ? 'before' : 'after']: last }
    for await (const event of searched(asked, signal)) {
      if (event.kind === 'records') show(withAfter(store.getState(), event.records))
      else show({ more: event.more })
    }
  }

  async function loadBefore(planeId: string, signal: AbortSignal) {
    const { filter, records } = store.getState()
    const first = records[0]?.id
    if (first === undefined) return
    const isNewestFirst = filter.order === 'newest'
    const order = isNewestFirst ? ('oldest' as const) : ('newest' as const)
    const asked = { ...query(planeId), order, [isNewestFirst ? 'after' : 'before']: first }
    const loaded: LogRecord[] = []
    let more = true
    for await (const event of searched(asked, signal)) {
      if (event.kind === 'records') loaded.push(...event.records)
      else more = event.more
    }
    if (signal.aborted) return
    const extended = withBefore(store.getState(), loaded.reverse())
    show({ ...extended, ...(!more && { first: 0 }) })
  }

  async function loadPlace(planeId: string, target: PlaceTarget, signal: AbortSignal) {
    const asked = { ...query(planeId), target }
    const { place, records, count, isComplete } = await client.logs.place(asked, { signal })
    if (signal.aborted) return
    show({
      records,
      first: place,
      more: records.length === asked.limit || place + records.length < count,
      ...('time' in target && { goal: { place } }),
      ...(isComplete && { count: { count, isComplete } }),
    })
  }

  /** Runs one load, and shows its problem. */
  async function during(phase: 'searching' | 'more', signal: AbortSignal, load: () => Promise<void>) {
    store.setState({ phase })
    try {
      await load()
      if (!signal.aborted) store.setState({ phase: 'done' })
    } catch (error) {
      if (!isAbort(error, signal)) store.setState({ phase: 'done', problem: toReport(error) })
    }
  }

  /** Loads pages until the places in view are loaded, or nothing more is. */
  async function fill(planeId: string, signal: AbortSignal) {
    for (;;) {
      const before = store.getState()
      if (signal.aborted || wanted === undefined || before.engine !== undefined) return
      const next = nextLoad(before, wanted.from, wanted.to)
      if (next === undefined) return
      await during('more', signal, () => {
        if (next.kind === 'jump') return loadPlace(planeId, { place: next.place }, signal)
        return next.kind === 'after' ? loadAfter(planeId, signal) : loadBefore(planeId, signal)
      })
      const { records, count } = store.getState()
      if (records === before.records) {
        fruitless = { records, count }
        return
      }
    }
  }

  /** Asks how many lines match, and where the loaded ones are: others may have arrived before them. */
  async function loadCount(planeId: string, signal: AbortSignal) {
    const { limit: _, ...asked } = query(planeId)
    try {
      for await (const counted of await client.logs.count(asked, { signal })) {
        if (signal.aborted) return
        // A count of what has arrived begins anew: until it is complete, the one before stays.
        if (counted.isComplete || counted.count > (store.getState().count?.count ?? 0))
          store.setState({ count: counted })
      }
      await loadPlaces(planeId, signal)
    } catch {
      // The list works without a count; a relevant failure also fails the search itself.
    }
  }

  async function loadPlaces(planeId: string, signal: AbortSignal) {
    const isAtTop = (): boolean => {
      const { first, atNewest, filter } = store.getState()
      return first === 0 && atNewest && filter.order === 'newest'
    }
    const first = store.getState().records[0]?.id
    // At the top, lines that are stored and have not arrived yet come with the next event.
    if (first === undefined || isAtTop()) return
    const asked = { ...query(planeId), limit: 1, target: { record: first } }
    const { place, count, isComplete } = await client.logs.place(asked, { signal })
    const { records } = store.getState()
    if (signal.aborted || !isComplete || records[0]?.id !== first || isAtTop()) return
    store.setState({ count: { count, isComplete }, first: place, more: place + records.length < count })
  }

  async function run() {
    const { planeId, following, engine } = store.getState()
    if (planeId === undefined) return
    clearTimeout(timer)
    clearTimeout(refreshing)
    refreshing = undefined
    controller.abort()
    controller = new AbortController()
    const { signal } = controller
    askedMs = Date.now()
    wanted = undefined
    selecting = undefined
    store.setState({
      phase: 'searching',
      problem: undefined,
      pending: 0,
      opened: undefined,
      count: undefined,
      atNewest: store.getState().filter.order === 'newest',
      // A search of an engine takes long, and lines of the one before must not pass for its own.
      ...(engine !== undefined && { records: [], first: 0, more: false, histogram: [], engineProgress: undefined }),
    })
    if (following && engine === undefined && canFollow(store.getState().filter)) tail.start(planeId)
    else tail.stop()
    if (engine !== undefined) return await loadEnginePage(client, store, { planeId, engine, cursor: undefined }, signal)
    await Promise.all([
      during('searching', signal, () => loadFirstPage(planeId, signal)).then(() => loadCount(planeId, signal)),
      loadHistogram(planeId, signal),
    ])
  }

  async function loadMore() {
    const { planeId, phase, more, records, engine, engineProgress } = store.getState()
    if (planeId === undefined || !more) return
    const { signal } = controller
    if (engine === undefined) return await inTurn(() => during('more', signal, () => loadAfter(planeId, signal)))
    const last = engineProgress?.next
    if (phase !== 'done' || last === undefined || engineProgress?.isPaused === true) return
    if (records.length >= maxLoadedLines) return
    store.setState({ phase: 'more' })
    await loadEnginePage(client, store, { planeId, engine, cursor: last }, signal)
  }

  function load(from: number, to: number) {
    const { planeId, engine, records, phase } = store.getState()
    if (planeId === undefined || phase === 'searching') return
    if (engine !== undefined) {
      if (to >= records.length - 1) void loadMore()
      return
    }
    wanted = { from, to }
    if (nextLoad(store.getState(), from, to) === undefined) return
    if (fruitless?.records === records && fruitless.count === store.getState().count) return
    const { signal } = controller
    void inTurn(() => fill(planeId, signal))
  }

  return {
    start(delayMs) {
      clearTimeout(timer)
      if (delayMs === undefined) void run()
      else timer = setTimeout(() => void run(), delayMs)
    },
    loadMore,
    load,
    selectAt(place) {
      selecting = place
      load(place, place)
    },
    goToNewest() {
      const { planeId, filter, engine, count } = store.getState()
      if (planeId === undefined || engine !== undefined) return
      const { signal } = controller
      const place = filter.order === 'newest' ? 0 : Math.max(0, (count?.count ?? 0) - 1)
      void inTurn(async () => {
        if (signal.aborted) return
        if (filter.order === 'newest') await during('more', signal, () => loadStart(planeId, signal))
        await loadCount(planeId, signal)
        if (filter.order === 'oldest' && !signal.aborted)
          store.setState({ goal: { place: Math.max(place, (store.getState().count?.count ?? 0) - 1) } })
      })
    },
    refresh() {
      const { planeId, engine } = store.getState()
      if (planeId === undefined || engine !== undefined || refreshing !== undefined) return
      const { signal } = controller
      refreshing = setTimeout(() => {
        refreshing = undefined
        void inTurn(() => loadCount(planeId, signal))
      }, refreshMs)
    },
    async resume() {
      const { planeId, phase, engine, engineProgress } = store.getState()
      if (planeId === undefined || engine === undefined || phase !== 'done') return
      controller = new AbortController()
      const cursor = engineProgress?.next
      store.setState({ phase: cursor === undefined ? 'searching' : 'more', problem: undefined })
      await loadEnginePage(client, store, { planeId, engine, cursor }, controller.signal)
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
      clearTimeout(refreshing)
    },
  }
}
