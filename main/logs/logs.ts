import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import type {
  EngineFetchEvent,
  EngineSearchEvent,
  ExportEvent,
  FoundLogEngines,
  LogCount,
  LogEngine,
  LogPatterns,
  LogRecord,
  LogRetention,
  LogStatus,
  logs,
  PlacedLines,
  SavedSearch,
  SearchEvent,
  SurroundingLines,
  UnfinishedFetch,
} from '../../preload/contract/logs.ts'
import { LogQuery } from '../../preload/contract/logs.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { LogSource } from '../../preload/contract/profiles.ts'
import { startThread } from '../lib/thread.ts'
import { AccessRecord } from './access-record.ts'
import type { AroundInput } from './around.ts'
import { createCollections } from './collections.ts'
import { readEngine } from './engine/service.ts'
import { countByStep } from './histogram.ts'
import type { ImportInput, ImportProgress } from './import/import-logs.ts'
import type { LogsThread } from './logs.thread.ts'
import { type LogsPorts, storeFolder } from './ports.ts'
import { createRetention, type Retention } from './retention.ts'
import { type NewSearch, SavedSearches } from './searches.ts'
import type { RetentionPolicy } from './store/retention.ts'
import { removeStore } from './store/store.ts'
import { createStoredLogs } from './stored-logs.ts'
import { UnfinishedFetches } from './unfinished-fetch.ts'

const emptySummary: Awaited<ReturnType<LogsThread['calls']['summary']>> = {
  records: 0,
  rawBytes: 0,
  storedBytes: 0,
  oldest: null,
  newest: null,
  sources: new Map(),
}
const noPatterns = {
  kind: 'done',
  lines: 0,
  more: false,
  from: null,
  to: null,
  patterns: [],
  rest: 0,
} as const satisfies LogPatterns
/** How often a follower asks whether a first record was stored. */
const keyAwaitedMs = 500
const never = new AbortController().signal

type EngineQuery = LogQuery & { readonly engine: LogEngine }
type PlaneInput = { readonly planeId: string }
type Histogram = z.infer<NonNullable<(typeof logs.histogram)['~orpc']['outputSchema']>>
type ExportRequest = z.input<NonNullable<(typeof logs.export)['~orpc']['inputSchema']>>
type FetchRequest = z.input<NonNullable<(typeof logs.fetch)['~orpc']['inputSchema']>>
type PatternsRequest = z.input<NonNullable<(typeof logs.patterns)['~orpc']['inputSchema']>>
type CountRequest = z.input<NonNullable<(typeof logs.count)['~orpc']['inputSchema']>>
type PlaceRequest = z.input<NonNullable<(typeof logs.place)['~orpc']['inputSchema']>>
type HistogramInput = z.input<NonNullable<(typeof logs.histogram)['~orpc']['inputSchema']>>

/** A plane's logs: collected from its cluster, stored encrypted, searched without the cluster. */
export interface Logs {
  status(input: PlaneInput): Promise<LogStatus>
  collect(input: PlaneInput): Promise<Operation>
  /**
   * Stores the logs of files: of the terminal alone, as it names paths. Throws PLANE_UNKNOWN, VAULT_LOCKED, LOG_STORE_BUSY, and
   * as `importLogs`.
   */
  import(input: PlaneInput & ImportInput, signal: AbortSignal): AsyncGenerator<ImportProgress>
  /**
   * Takes lines of a range of time from the log engine of the plane's cluster, of all sources or those named. Throws
   * INPUT_INVALID, PLANE_UNKNOWN, VAULT_LOCKED, LOG_STORE_BUSY, CLUSTER_*, LOG_ENGINE_*.
   */
  fetch(input: FetchRequest, signal: AbortSignal): AsyncGenerator<EngineFetchEvent>
  /** Throws PLANE_UNKNOWN, VAULT_LOCKED. */
  unfinishedFetch(input: PlaneInput): Promise<UnfinishedFetch | null>
  forgetFetch(input: PlaneInput): Promise<void>
  /** Looks for log engines in the plane's cluster. Throws PLANE_UNKNOWN, CONSENT_NEEDED, CLUSTER_*. */
  engines(input: PlaneInput, signal: AbortSignal): Promise<FoundLogEngines>
  search(input: LogQuery, signal: AbortSignal): AsyncGenerator<SearchEvent>
  /** Throws PLANE_UNKNOWN, VAULT_LOCKED, INPUT_INVALID, QUERY_INVALID, CONSENT_NEEDED, CLUSTER_*, LOG_ENGINE_*. */
  searchEngine(input: EngineQuery, signal: AbortSignal): AsyncGenerator<EngineSearchEvent>
  /** Throws as `search`. */
  count(input: CountRequest, signal: AbortSignal): AsyncGenerator<LogCount>
  place(input: PlaceRequest, signal: AbortSignal): Promise<PlacedLines>
  follow(input: LogQuery, signal: AbortSignal): AsyncGenerator<{ records: LogRecord[] }>
  export(input: ExportRequest, signal: AbortSignal): AsyncGenerator<ExportEvent>
  patterns(input: PatternsRequest, signal: AbortSignal): AsyncGenerator<LogPatterns>
  /** With an engine, throws as `searchEngine`. */
  around(
    input: AroundInput & { readonly engine?: LogEngine | undefined },
    signal: AbortSignal,
  ): Promise<SurroundingLines>
  histogram(input: HistogramInput, signal: AbortSignal): Promise<Histogram>
  /** Each throws PLANE_UNKNOWN, VAULT_LOCKED. */
  searches(input: PlaneInput): Promise<SavedSearch[]>
  saveSearch(input: PlaneInput & NewSearch): Promise<SavedSearch>
  removeSearch(input: PlaneInput & { readonly id: string }): Promise<void>
  /** Throws PLANE_UNKNOWN, VAULT_LOCKED. */
  accesses(input: PlaneInput & { readonly limit?: number }): ReturnType<AccessRecord['read']>
  /** See `Retention`. */
  retention(input: PlaneInput): Promise<LogRetention>
  expired(input: PlaneInput & RetentionPolicy, signal: AbortSignal): ReturnType<Retention['expired']>
  setRetention(input: PlaneInput & RetentionPolicy): Promise<LogRetention>
  purge(input: PlaneInput): Promise<void>
  /** Removes everything of a plane that is removed. */
  forget(input: PlaneInput): Promise<void>
  /** Forgets all keys: reading ends, collecting continues. Called when the vault is locked. */
  lock(): void
  /** Called when the vault was opened again. */
  unlocked(): Promise<void>
  /** Connects again where what the user has allowed for a context has changed. */
  recheckConnections(): Promise<void>
  close(): Promise<void>
}

export function createLogs(ports: LogsPorts): Logs {
  // Two threads: a search over many blocks must not delay the collection.
  const writer = startThread<LogsThread>({ name: 'logs', from: import.meta.url })
  const stored = createStoredLogs(ports)
  const retention = createRetention(ports, writer, stored)
  const collections = createCollections(ports, writer, retention)
  const access = new AccessRecord(ports.access, (planeId) => `${storeFolder(ports, planeId)}.access.jsonl`)
  const searches = new SavedSearches(ports.searches)
  const fetches = new UnfinishedFetches(ports.fetches)

  async function purge({ planeId }: PlaneInput): Promise<void> {
    if (await collections.isCollected(planeId)) {
      throw new Problem('OPERATION_RUNNING', 'Logs of this plane are being collected. Stop the collection first.')
    }
    if (existsSync(storeFolder(ports, planeId))) access.note(planeId, { action: 'purge', asked: {} })
    // The key first: without it nothing can be read, even if the disk keeps parts of a deleted file.
    await ports.destroyKey(planeId)
    await stored.thread().call('forget', { folder: storeFolder(ports, planeId) }, never)
    removeStore(storeFolder(ports, planeId))
  }

  /** What a question to an engine needs. Throws as `searchEngine`. */
  async function engineRequest(planeId: string, engine: LogEngine, signal: AbortSignal) {
    const service = readEngine(engine)
    const until = AbortSignal.any([signal, ports.untilLocked()])
    const plane = await ports.plane(planeId)
    // Lines are not shown while the vault is locked, whether they are stored or not.
    await ports.existingKey(planeId)
    const [{ logSources: sources }, connection] = await Promise.all([
      ports.profile(plane),
      ports.connection(plane.contextId),
    ])
    return { request: { connection, service, sources }, until }
  }

  return {
    async status({ planeId }) {
      const plane = await ports.plane(planeId)
      const given = await stored.reading(planeId, never)
      if (given !== undefined) retention.applyIfDue(planeId)
      const [{ logSources }, summary, protection, states] = await Promise.all([
        ports.profile(plane),
        given === undefined ? emptySummary : stored.thread().call('summary', given.access, given.until),
        ports.protection(),
        collections.states(planeId),
      ])
      const { sources, ...counts } = summary
      const titles = new Map(logSources.map(({ id, title }) => [id, title]))
      return {
        schemaVersion: 1,
        ...counts,
        protection,
        collecting: states !== undefined,
        sources: [...new Set([...titles.keys(), ...sources.keys()])].map((id) => {
          const known = sources.get(id)
          const newest = known === undefined ? null : new Date(known.newestMs).toISOString()
          return { id, title: titles.get(id) ?? id, records: known?.records ?? 0, newest, collection: states?.get(id) }
        }),
      }
    },
    collect: ({ planeId }) => collections.start(planeId),
    async *import({ planeId, ...input }, signal) {
      const locked = ports.untilLocked()
      await ports.plane(planeId)
      const until = AbortSignal.any([signal, locked])
      const key = await ports.key(planeId)
      access.note(planeId, { action: 'import', asked: { sources: [input.source] } })
      yield* writer.stream('import', { access: { folder: storeFolder(ports, planeId), key }, input }, until)
    },
    async *fetch({ planeId, engine, sources: ids = [], from, to }, signal) {
      const service = readEngine(engine)
      const range = { fromMs: Date.parse(from), toMs: Date.parse(to) }
      if (range.fromMs >= range.toMs)
        throw new Problem('INPUT_INVALID', 'The time begins after its end, or at it.', `${from} ${to}`)
      const locked = ports.untilLocked()
      const plane = await ports.plane(planeId)
      const sources = chosenSources((await ports.profile(plane)).logSources, ids)
      const connection = await ports.connection(plane.contextId)
      const until = AbortSignal.any([signal, locked])
      const store = { folder: storeFolder(ports, planeId), key: await ports.key(planeId) }
      const asked = { engine: engine.service, sources: [...ids], from, to }
      await access.write(planeId, { action: 'fetch', asked })
      const input = { access: store, connection, service, sources, ...range }
      yield* fetches.during(
        planeId,
        { engine, sources: [...ids], from, to },
        () => writer.stream('fetch', input, until),
        (event) => event.kind === 'done' && event.failed.length === 0,
        until,
      )
    },
    async unfinishedFetch({ planeId }) {
      await ports.plane(planeId)
      return await fetches.get(planeId)
    },
    async forgetFetch({ planeId }) {
      await ports.plane(planeId)
      await fetches.forget(planeId)
    },
    async engines({ planeId }, signal) {
      const plane = await ports.plane(planeId)
      const [{ logSources }, connection] = await Promise.all([ports.profile(plane), ports.connection(plane.contextId)])
      const namespaces = [...new Set(logSources.map(({ namespace }) => namespace))]
      return await stored.thread().call('findEngines', { connection, namespaces }, signal)
    },
    async *search(query, signal) {
      const given = await stored.reading(query.planeId, signal)
      if (given !== undefined) access.note(query.planeId, { action: 'search', asked: askedBy(query) })
      if (given === undefined) yield { kind: 'done', blocksRead: 0, blocksSkipped: 0, elapsedMs: 0, more: false }
      else yield* stored.thread().stream('search', { access: given.access, query: LogQuery.parse(query) }, given.until)
    },
    async *searchEngine({ engine, ...query }, signal) {
      const { request, until } = await engineRequest(query.planeId, engine, signal)
      access.note(query.planeId, { action: 'search', asked: { ...askedBy(query), engine: engine.service } })
      yield* stored.thread().stream('searchEngine', { ...request, query: LogQuery.parse(query) }, until)
    },
    async *count(query, signal) {
      const given = await stored.reading(query.planeId, signal)
      if (given === undefined) yield { count: 0, isComplete: true }
      else yield* stored.thread().stream('count', { access: given.access, query: LogQuery.parse(query) }, given.until)
    },
    async place({ target, ...given }, signal) {
      const query = LogQuery.parse(given)
      const read = await stored.reading(query.planeId, signal)
      if (read === undefined) return { place: 0, count: 0, isComplete: true, records: [] }
      access.note(query.planeId, { action: 'search', asked: askedBy(query) })
      return await stored.thread().call('place', { access: read.access, query, target }, read.until)
    },
    async *follow(query, signal) {
      let given = await stored.reading(query.planeId, signal)
      while (given === undefined) {
        await delay(keyAwaitedMs, undefined, { signal })
        given = await stored.reading(query.planeId, signal)
      }
      access.note(query.planeId, { action: 'search', asked: askedBy(query) })
      const input = { access: given.access, query: LogQuery.parse(query) }
      for await (const records of stored.thread().stream('follow', input, given.until)) yield { records }
    },
    async *export({ format, redact = true, ...given }, signal) {
      const query = LogQuery.parse(given)
      const read = await stored.reading(query.planeId, signal)
      if (read !== undefined)
        await access.write(query.planeId, { action: 'export', asked: { ...askedBy(query), format, redact } })
      if (read === undefined) yield { kind: 'done', records: 0, redacted: 0 }
      else
        yield* stored.thread().stream('export', { access: read.access, input: { query, format, redact } }, read.until)
    },
    async *patterns({ compare, ...given }, signal) {
      const query = LogQuery.parse(given)
      const read = await stored.reading(query.planeId, signal)
      if (read !== undefined) access.note(query.planeId, { action: 'patterns', asked: askedBy(query) })
      if (read === undefined) yield noPatterns
      else yield* stored.thread().stream('patterns', { access: read.access, input: { query, compare } }, read.until)
    },
    async around(input, signal) {
      const { planeId, engine } = input
      if (engine !== undefined) {
        const asking = await engineRequest(planeId, engine, signal)
        access.note(planeId, { action: 'around', asked: { record: input.record, engine: engine.service } })
        return await stored.thread().call('aroundInEngine', { ...asking.request, input }, asking.until)
      }
      const given = await stored.reading(planeId, signal)
      if (given !== undefined) access.note(planeId, { action: 'around', asked: { record: input.record } })
      if (given === undefined) return { records: [], matching: [], moreBefore: false, moreAfter: false }
      return await stored.thread().call('around', { access: given.access, input }, given.until)
    },
    async histogram({ steps, list, ...given }, signal) {
      const { from: _, to: __, ...withoutTimes } = given
      const query = LogQuery.parse(list === undefined ? given : { ...withoutTimes, ...list })
      const { planeId, from, to } = given
      const read = await stored.reading(planeId, signal)
      const rows =
        read === undefined ? [] : await stored.thread().call('histogram', { access: read.access, query }, read.until)
      return countByStep(rows, { sources: query.sources, fromMs: Date.parse(from), toMs: Date.parse(to), steps })
    },
    async searches({ planeId }) {
      await ports.plane(planeId)
      return await searches.list(planeId)
    },
    async saveSearch({ planeId, ...given }) {
      await ports.plane(planeId)
      return await searches.save(planeId, given)
    },
    async removeSearch({ planeId, id }) {
      await ports.plane(planeId)
      await searches.remove(planeId, id)
    },
    async accesses({ planeId, limit = 200 }) {
      await ports.plane(planeId)
      return await access.read(planeId, limit)
    },
    retention: ({ planeId }) => retention.get(planeId),
    expired: ({ planeId, ...policy }, signal) => retention.expired(planeId, policy, signal),
    async setRetention({ planeId, ...policy }) {
      await ports.plane(planeId)
      await access.write(planeId, { action: 'retention', asked: policy })
      return await retention.set(planeId, policy)
    },
    purge,
    async forget({ planeId }) {
      await purge({ planeId })
      await retention.forget(planeId)
      await access.forget(planeId)
      await searches.forget(planeId)
      await fetches.forget(planeId)
    },
    lock() {
      collections.seal()
      stored.lock()
    },
    unlocked: () => collections.unseal(),
    recheckConnections: () => collections.recheckConnections(),
    async close() {
      await access.flush()
      await Promise.all([writer.close(), stored.close()])
    },
  }
}

/** Those with these ids, or all without any. Throws INPUT_INVALID. Pure. */
function chosenSources(sources: readonly LogSource[], ids: readonly string[]): readonly LogSource[] {
  const unknown = ids.find((id) => !sources.some((source) => source.id === id))
  if (unknown === undefined) return sources.filter(({ id }) => ids.length === 0 || ids.includes(id))
  const known = sources.map(({ id }) => id).join(', ')
  throw new Problem('INPUT_INVALID', `The profile has no log source ${unknown}.`, known)
}

/** What of a query is recorded: not which page of its lines. */
function askedBy({ text, levels, sources, pods, containers, from, to }: LogQuery) {
  return {
    ...(text !== undefined && { text }),
    ...(levels !== undefined && { levels }),
    ...(sources !== undefined && { sources }),
    ...(pods !== undefined && { pods }),
    ...(containers !== undefined && { containers }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
}
