import type { EngineSearchEvent, LogQuery } from '../../../preload/contract/logs.ts'
import { type CompiledQuery, compileQuery, timesOf } from '../store/query.ts'
import { type Position, toId, toLogRecord } from '../store/record.ts'
import { canBeFrom } from './certain-texts.ts'
import { assignContainers, type EngineSources, namespacesOf } from './containers.ts'
import type { EngineRange, OpenEngine } from './engine.ts'
import { Scan } from './scan.ts'

export interface EngineSearch extends EngineSources {
  readonly query: LogQuery
  readonly nowMs: number
  /** A search pauses after about so many lines or so long, and continues with its `next`. */
  readonly linesAtOnce?: number
  readonly timeMs?: number
}

/** Loki's default for the time of one query is 30 days and an hour (`max_query_length`). */
const defaultRangeMs = 30 * 86_400_000
/** A line's own time differs from that of the runtime by this much at most, in what is found. */
const clockMs = 5 * 60_000
const linesAtOnceDefault = 200_000
const timeMsDefault = 20_000
const progressMs = 250

/**
 * The records that match a query, by the time at which the engine has their first line: the same as those of the store after
 * `fetchLogs`. The engine chooses lines by a part of the query, as its `filterFor` says; the records around them are read and
 * tested here. Throws QUERY_INVALID, LOG_ENGINE_UNAVAILABLE, LOG_ENGINE_REFUSED, and the abort reason.
 */
export async function* searchEngine(
  { query, nowMs, linesAtOnce = linesAtOnceDefault, timeMs = timeMsDefault, ...sources }: EngineSearch,
  open: OpenEngine,
  signal: AbortSignal,
): AsyncGenerator<EngineSearchEvent> {
  const started = performance.now()
  const { before, after, ...rest } = compileQuery(query, nowMs)
  const compiled = { ...rest, before: undefined, after: undefined }
  const { order, limit, requirement } = compiled
  let isFiltered = false
  let linesRead = 0
  const done = (next?: Position): EngineSearchEvent => ({
    kind: 'done',
    linesRead,
    elapsedMs: performance.now() - started,
    more: next !== undefined,
    ...(next !== undefined && { next: toId(next) }),
    reached: next === undefined ? null : new Date(next.atMs).toISOString(),
    isFiltered,
  })
  const range = rangeOf(compiled, nowMs)
  const lines = range.fromMs < range.toMs ? await open(namespacesOf(sources.sources), range, signal) : undefined
  const containers = assignContainers(lines?.origins ?? [], sources).containers.filter(({ source, pod, container }) =>
    canBeFrom(requirement, { source: source.id, pod, container }),
  )
  if (lines === undefined || containers.length === 0) return yield done()
  const filter = await lines.filterFor(requirement, signal)
  isFiltered = filter !== undefined
  const cursor = order === 'newest' ? before : after
  const scan = new Scan({ lines, filter, containers, query: compiled, cursor }, signal)
  let given = 0
  let shownMs = performance.now()
  for await (const { records, searchedTo, isEnd } of scan.steps(range)) {
    linesRead = scan.linesRead
    const page = records.slice(0, limit - given)
    given += page.length
    if (page.length > 0)
      yield {
        kind: 'records',
        records: page.map(({ position, record }) => ({ ...toLogRecord(record), id: toId(position) })),
      }
    const last = page.at(-1)
    if (given >= limit && last !== undefined)
      return yield done(isEnd && records.length === page.length ? undefined : last.position)
    if (isEnd || searchedTo === undefined) continue
    const elapsedMs = performance.now() - started
    if (linesRead >= linesAtOnce || elapsedMs >= timeMs) return yield done(searchedTo)
    if (performance.now() - shownMs < progressMs) continue
    shownMs = performance.now()
    yield { kind: 'progress', linesRead, reached: new Date(searchedTo.atMs).toISOString(), next: toId(searchedTo) }
  }
  linesRead = scan.linesRead
  yield done()
}

/** The time in which lines of matching records can be. */
function rangeOf({ requirement }: CompiledQuery, nowMs: number): EngineRange {
  const [from, to] = timesOf(requirement)
  const toMs = Math.min(to, nowMs) + clockMs
  return { fromMs: Number.isFinite(from) ? from - clockMs : toMs - defaultRangeMs, toMs }
}
