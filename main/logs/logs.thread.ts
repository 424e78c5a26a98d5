import { setTimeout as delay } from 'node:timers/promises'
import type {
  EngineFetchEvent,
  EngineSearchEvent,
  ExportEvent,
  FoundLogEngines,
  LogCount,
  LogPatterns,
  LogQuery,
  LogRecord,
  PlacedLines,
  SurroundingLines,
} from '../../preload/contract/logs.ts'
import type { LogSource } from '../../preload/contract/profiles.ts'
import { Semaphore } from '../lib/concurrency/semaphore.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import { openCluster } from '../lib/kubernetes/open.ts'
import { serveThread } from '../lib/thread/serve.ts'
import { type AroundInput, linesAround } from './around.ts'
import { collect, type SourceProgress } from './collect/collector.ts'
import { linesAroundInEngine } from './engine/around.ts'
import { engineThrough } from './engine/ask.ts'
import { type EngineConnection, EngineConnections } from './engine/connections.ts'
import type { EngineRange } from './engine/engine.ts'
import { fetchLogs } from './engine/fetch.ts'
import { findEngines } from './engine/find-engines.ts'
import { searchEngine } from './engine/search.ts'
import { type EngineService, engineMark } from './engine/service.ts'
import { type ExportInput, exportLogs } from './export/export.ts'
import { type ImportInput, type ImportProgress, importLogs } from './import/import-logs.ts'
import { findPatterns, type PatternsInput } from './patterns/patterns.ts'
import { readRetention, writeRetention } from './retention-file.ts'
import type { HistogramRow } from './store/minute-counts.ts'
import { compileQuery, matches } from './store/query.ts'
import { toLogRecord } from './store/record.ts'
import { expiredDays, type RetentionPolicy, totalOf } from './store/retention.ts'
import { SealableStore } from './store/sealable.ts'
import type { Found } from './store/search.ts'
import { LogStore, type PlaceTarget } from './store/store.ts'

/** A store's folder, and the key that opens it. The key stays in this thread's memory; only `retain` returns one. */
export interface StoreAccess {
  readonly folder: string
  readonly key: Uint8Array
}

interface EngineRequest {
  readonly connection: ClusterConnection
  readonly service: EngineService
  readonly sources: readonly LogSource[]
}

const progressMs = 250
/** Of one collection: its client has 256 connections for streams, and each source watches pods. */
const followsAtOnce = 200
const readsAtOnce = 16
const followMs = 250
const followRecords = 1_000

type Summary = ReturnType<LogStore['summary']>
const empty: Summary = { records: 0, rawBytes: 0, storedBytes: 0, oldest: null, newest: null, sources: new Map() }
const nothingPlaced: PlacedLines = { place: 0, count: 0, isComplete: true, records: [] }
const nothingAround: SurroundingLines = { records: [], matching: [], moreBefore: false, moreAfter: false }

async function* nothingFound(): AsyncGenerator<Found> {
  yield { kind: 'done', blocksRead: 0, blocksSkipped: 0, elapsedMs: 0, more: false }
}

interface OpenReader {
  readonly store: LogStore
  readonly key: Buffer
  users: number
  isForgotten: boolean
}

/** Stores that are read stay open, as opening one reads from each day's file. This thread ends when the vault is locked. */
const readers = new Map<string, OpenReader>()

/** Undefined where nothing is stored. `release` after use. */
function acquire({ folder, key }: StoreAccess): OpenReader | undefined {
  const known = readers.get(folder)
  if (known?.key.equals(key) === true) {
    if (known.users === 0) known.store.closeRemoved()
    known.users += 1
    return known
  }
  // Another key: the store was deleted, and begun again.
  forget(folder)
  const store = LogStore.reading(folder, Buffer.from(key))
  if (store === undefined) return undefined
  const reader = { store, key: Buffer.from(key), users: 1, isForgotten: false }
  readers.set(folder, reader)
  return reader
}

function release(reader: OpenReader): void {
  reader.users -= 1
  if (reader.isForgotten && reader.users === 0) reader.store.close()
}

function forget(folder: string): void {
  const reader = readers.get(folder)
  if (reader === undefined) return
  readers.delete(folder)
  reader.key.fill(0)
  reader.isForgotten = true
  if (reader.users === 0) reader.store.close()
}

/** A store that does not exist yet is empty, not an error. */
async function readStore<T>(access: StoreAccess, ifMissing: T, read: (store: LogStore) => T | Promise<T>): Promise<T> {
  const reader = acquire(access)
  if (reader === undefined) return ifMissing
  try {
    return await read(reader.store)
  } finally {
    release(reader)
  }
}

/** This thread ends, and its connections with it, when the vault is locked or the app ends. */
const engineConnections = new EngineConnections()

/** Uses the client of a cluster, which stays open for a while. */
async function* withEngine<Item>(
  connection: ClusterConnection,
  use: (held: EngineConnection) => AsyncGenerator<Item>,
): AsyncGenerator<Item> {
  const held = await engineConnections.use(connection)
  let how: 'done' | 'failed' = 'done'
  try {
    yield* use(held)
  } catch (error) {
    how = 'failed'
    throw error
  } finally {
    held.release(how)
  }
}

/** The stores that this thread writes now, by folder. */
const written = new Map<string, SealableStore>()

/** Applies the policy of a store, and records what it has deleted. */
async function removeExpired(folder: string, store: LogStore): Promise<void> {
  const policy = readRetention(folder)
  if (policy.days === null && policy.bytes === null) return
  const expired = totalOf(store.removeExpired(policy, Date.now()))
  if (expired.days === 0) return
  await writeRetention(folder, { ...policy, removed: { at: new Date().toISOString(), ...expired } })
}

/**
 * The store to which the thread collects, where it does, else one of its own until `close`. After a seal it throws
 * VAULT_LOCKED. Throws LOG_STORE_BUSY.
 */
function openToAdd({ folder, key }: StoreAccess) {
  const collected = written.get(folder)
  const holder = collected ?? { opened: LogStore.writing(folder, Buffer.from(key)) }
  key.fill(0) // this thread's own copy
  // Asked for each time: the collected one is sealed when the vault is locked.
  const store: Pick<LogStore, 'mark' | 'appendBlocks' | 'search'> = {
    mark: (name) => holder.opened.mark(name),
    appendBlocks: (blocks, markAfter) => holder.opened.appendBlocks(blocks, markAfter),
    search: (query, signal) => holder.opened.search(query, signal),
  }
  const close = (): void => {
    if (collected === undefined) holder.opened.close()
  }
  return { store, close }
}

const api = {
  calls: {
    /** Forgets the keys of the stores that are written; collecting continues. */
    seal: async (_: Readonly<Record<string, never>>): Promise<void> => {
      for (const store of written.values()) store.seal()
    },
    /** Stores what was sealed, also by a process that has ended; a store that is written is opened again. */
    unseal: async ({ folder, key }: StoreAccess): Promise<void> => {
      const store = written.get(folder)
      if (store !== undefined) store.unseal(Buffer.from(key))
      else LogStore.writing(folder, Buffer.from(key)).close()
      key.fill(0)
    },
    summary: async (access: StoreAccess): Promise<Summary> => readStore(access, empty, (store) => store.summary()),
    /** Counts of the records that match, by minute; without text they are read, not counted. */
    histogram: async (
      { access, query }: { access: StoreAccess; query: LogQuery },
      signal: AbortSignal,
    ): Promise<HistogramRow[]> => readStore(access, [], (store) => store.histogram(query, signal)),
    place: async (
      { access, query, target }: { access: StoreAccess; query: LogQuery; target: PlaceTarget },
      signal: AbortSignal,
    ): Promise<PlacedLines> => readStore(access, nothingPlaced, (store) => store.place(query, target, signal)),
    around: async (
      { access, input }: { access: StoreAccess; input: AroundInput },
      signal: AbortSignal,
    ): Promise<SurroundingLines> =>
      readStore(access, nothingAround, (store) => linesAround(store.search.bind(store), input, signal)),
    /** What the policy would delete now. */
    expired: async ({ access, policy }: { access: StoreAccess; policy: RetentionPolicy }) =>
      readStore(access, totalOf([]), (store) => totalOf(expiredDays(store.days(), policy, Date.now()))),
    /**
     * Deletes what the policy of the store does not keep. Returns the key of the store, which the vault is to keep in the
     * place of the given one. Throws LOG_STORE_BUSY, VAULT_LOCKED.
     */
    retain: async (access: StoreAccess): Promise<Uint8Array> => {
      const collecting = written.get(access.folder)
      const store = collecting?.opened ?? LogStore.writing(access.folder, Buffer.from(access.key))
      access.key.fill(0)
      try {
        await removeExpired(access.folder, store)
        return store.currentKey()
      } finally {
        if (collecting === undefined) store.close()
      }
    },
    /** Lines around a record of the plane's log engine. Throws CLUSTER_*, and as `searchEngine`. */
    aroundInEngine: async (
      { connection, service, sources, input }: EngineRequest & { readonly input: AroundInput },
      signal: AbortSignal,
    ): Promise<SurroundingLines> => {
      const reading = withEngine(connection, async function* ({ client, pods: podsOf }) {
        const of = { sources, pods: await podsOf(sources, signal), nowMs: Date.now() }
        yield await linesAroundInEngine(of, input, engineThrough(client, service), signal)
      })
      for await (const lines of reading) return lines
      return nothingAround
    },
    /** Looks for log engines in a cluster. Throws as `findEngines`. */
    findEngines: async (
      { connection, namespaces }: { connection: ClusterConnection; namespaces: readonly string[] },
      signal: AbortSignal,
    ): Promise<FoundLogEngines> => {
      const looking = withEngine(connection, async function* ({ client }) {
        yield await findEngines(client, namespaces, signal)
      })
      for await (const found of looking) return found
      return { engines: [], namespaces: [], refused: [] }
    },
    /** Closes the files of a store that is about to be deleted. */
    forget: async ({ folder }: Pick<StoreAccess, 'folder'>): Promise<void> => forget(folder),
  },
  streams: {
    async *search(
      { access, query }: { access: StoreAccess; query: LogQuery },
      signal: AbortSignal,
    ): AsyncGenerator<Found> {
      const reader = acquire(access)
      if (reader === undefined) {
        yield { kind: 'done', blocksRead: 0, blocksSkipped: 0, elapsedMs: 0, more: false }
        return
      }
      try {
        yield* reader.store.search(query, signal)
      } finally {
        release(reader)
      }
    },

    async *count(
      { access, query }: { access: StoreAccess; query: LogQuery },
      signal: AbortSignal,
    ): AsyncGenerator<LogCount> {
      const reader = acquire(access)
      if (reader === undefined) {
        yield { count: 0, isComplete: true }
        return
      }
      try {
        yield* reader.store.count(query, signal)
      } finally {
        release(reader)
      }
    },

    async *export(
      { access, input }: { access: StoreAccess; input: ExportInput },
      signal: AbortSignal,
    ): AsyncGenerator<ExportEvent> {
      const reader = acquire(access)
      if (reader === undefined) {
        yield { kind: 'done', records: 0, redacted: 0 }
        return
      }
      try {
        yield* exportLogs(reader.store.search.bind(reader.store), input, signal)
      } finally {
        release(reader)
      }
    },

    async *patterns(
      { access, input }: { access: StoreAccess; input: PatternsInput },
      signal: AbortSignal,
    ): AsyncGenerator<LogPatterns> {
      const reader = acquire(access)
      try {
        yield* findPatterns(reader?.store.search.bind(reader.store) ?? nothingFound, input, signal)
      } finally {
        if (reader !== undefined) release(reader)
      }
    },

    /** Matching records that are stored from now on, whichever process collects them. */
    async *follow(
      { access, query }: { access: StoreAccess; query: LogQuery },
      signal: AbortSignal,
    ): AsyncGenerator<LogRecord[]> {
      const compiled = compileQuery(query)
      let last = await readStore(access, -1, (store) => store.lastSeq())
      for (;;) {
        const added = await readStore(access, [], (store) => store.after(last, followRecords))
        last = added.at(-1)?.seq ?? last
        const found = added.filter((record) => matches(compiled, record))
        if (found.length > 0) yield found.map(toLogRecord)
        // A full page is followed by the next one at once: nothing is left out.
        await delay(added.length < followRecords ? followMs : 0, undefined, { signal })
      }
    },

    /** Stores the logs of files. Throws VAULT_LOCKED, LOG_STORE_BUSY, and as `importLogs`. */
    async *import(
      { access, input }: { access: StoreAccess; input: ImportInput },
      signal: AbortSignal,
    ): AsyncGenerator<ImportProgress> {
      const { store, close } = openToAdd(access)
      try {
        yield* importLogs(input, store, signal)
      } finally {
        close()
      }
    },

    /** Takes lines from the plane's log engine. Throws LOG_STORE_BUSY, CLUSTER_*, and as `fetchLogs`. */
    async *fetch(
      {
        access,
        connection,
        service,
        sources,
        fromMs,
        toMs,
      }: EngineRequest & EngineRange & { readonly access: StoreAccess },
      signal: AbortSignal,
    ): AsyncGenerator<EngineFetchEvent> {
      const { store, close } = openToAdd(access)
      try {
        yield* withEngine(connection, async function* ({ client, pods: podsOf }) {
          const pods = await podsOf(sources, signal)
          const input = { engine: engineMark(service), sources, pods, fromMs, toMs }
          yield* fetchLogs(input, engineThrough(client, service), store, signal)
        })
      } finally {
        close()
      }
    },

    /** Searches the plane's log engine, and stores nothing. Throws CLUSTER_*, and as `searchEngine`. */
    async *searchEngine(
      { connection, service, sources, query }: EngineRequest & { readonly query: LogQuery },
      signal: AbortSignal,
    ): AsyncGenerator<EngineSearchEvent> {
      yield* withEngine(connection, async function* ({ client, pods: podsOf }) {
        const input = { query, sources, pods: await podsOf(sources, signal), nowMs: Date.now() }
        yield* searchEngine(input, engineThrough(client, service), signal)
      })
    },

    /** Collects until the caller stops. Yields the progress of each source, at most four times a second. */
    async *collect(
      {
        access,
        connection,
        sources,
      }: { access: StoreAccess; connection: ClusterConnection; sources: readonly LogSource[] },
      signal: AbortSignal,
    ): AsyncGenerator<SourceProgress[]> {
      const stop = new AbortController()
      const until = AbortSignal.any([signal, stop.signal])
      const store = new SealableStore(access.folder, Buffer.from(access.key))
      access.key.fill(0) // this thread's own copy; the store forgets its copy when it is sealed
      const client = await openCluster(connection).catch((error: unknown) => {
        store.close()
        throw error
      })
      written.set(access.folder, store)
      const progress = new Map<string, SourceProgress>()
      let changed = true
      const ports = {
        client,
        bookmark: store.bookmark.bind(store),
        append: store.append.bind(store),
        follows: new Semaphore(followsAtOnce),
        reads: new Semaphore(readsAtOnce),
      }
      const collecting = collect(
        sources,
        ports,
        (each) => {
          progress.set(each.source, each)
          changed = true
        },
        until,
      )
      const ended = collecting.finally(() => stop.abort())
      ended.catch(() => undefined) // awaited below
      try {
        while (!until.aborted) {
          if (changed) {
            changed = false
            yield [...progress.values()]
          }
          await delay(progressMs, undefined, { signal: until }).catch(() => undefined)
        }
        await ended
      } finally {
        stop.abort()
        await ended.catch(() => undefined) // thrown above
        written.delete(access.folder)
        store.close()
        await client.close()
      }
    },
  },
}

export type LogsThread = typeof api

serveThread(api)
