import type { LogEngine } from '../../preload/contract/logs.ts'
import { isAbort, toReport } from '../lib/problem.ts'
import { beginningAt, maxLoadedLines, toQuery } from './query.ts'
import type { EngineProgress, LogsClient, LogsStore } from './state.ts'

const atBeginning: EngineProgress = {
  linesRead: 0,
  reached: undefined,
  next: undefined,
  isPaused: false,
  isFiltered: true,
}

interface EnginePage {
  readonly planeId: string
  readonly engine: LogEngine
  /** Undefined: the first page. */
  readonly cursor: string | undefined
}

/**
 * Loads one page from a log engine, after the records that are loaded. A page that ends before it is full waits for the user,
 * and continues where it ended.
 */
export async function loadEnginePage(
  client: LogsClient,
  store: LogsStore,
  { planeId, engine, cursor }: EnginePage,
  signal: AbortSignal,
): Promise<void> {
  const { filter } = store.getState()
  const before = (cursor === undefined ? undefined : store.getState().engineProgress) ?? atBeginning
  const from = cursor === undefined ? {} : { [filter.order === 'newest' ? 'before' : 'after']: cursor }
  const query = { ...beginningAt(toQuery(planeId, filter, Date.now()), filter), ...from, engine }
  const patch = (part: Partial<EngineProgress>): void =>
    store.setState({ engineProgress: { ...(store.getState().engineProgress ?? before), ...part } })
  let given = 0
  patch({ ...before, isPaused: false })
  try {
    for await (const event of await client.logs.searchEngine(query, { signal })) {
      if (signal.aborted) return
      if (event.kind === 'records') {
        given += event.records.length
        const { records } = store.getState()
        store.setState({ records: [...records, ...event.records].slice(0, maxLoadedLines) })
        const last = event.records.at(-1)
        if (last !== undefined) patch({ next: last.id, reached: last.at })
        continue
      }
      const linesRead = before.linesRead + event.linesRead
      if (event.kind === 'progress') patch({ linesRead, reached: event.reached, next: event.next })
      else {
        const { more, next, reached, isFiltered, elapsedMs } = event
        patch({ linesRead, reached, next, isFiltered, isPaused: more && given < (query.limit ?? 0) })
        store.setState({ phase: 'done', more, stats: { elapsedMs, blocksRead: 0, blocksSkipped: 0 } })
      }
    }
    if (!signal.aborted) store.setState({ phase: 'done' })
  } catch (error) {
    if (isAbort(error, signal)) return
    patch({ isPaused: true })
    store.setState({ phase: 'done', more: true, problem: toReport(error) })
  }
}
