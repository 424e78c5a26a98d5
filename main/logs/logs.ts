import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { z } from 'zod'
import type {
  ExportEvent,
  LogPatterns,
  LogRecord,
  LogStatus,
  logs,
  SavedSearch,
  SearchEvent,
  SurroundingLines,
} from '../../preload/contract/logs.ts'
import { LogQuery } from '../../preload/contract/logs.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { LogSource, Profile } from '../../preload/contract/profiles.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import { HeldConnection } from '../lib/kubernetes/held-connection.ts'
import type { OperationHandle, OperationStarter } from '../lib/operation.ts'
import { startThread } from '../lib/thread.ts'
import type { AroundInput } from './around.ts'
import type { SourceProgress } from './collect/collector.ts'
import { whenUninstalled } from './collect/uninstalled.ts'
import { countByStep } from './histogram.ts'
import type { ImportInput, ImportProgress } from './import/import-logs.ts'
import type { LogsThread, StoreAccess } from './logs.thread.ts'
import { type NewSearch, SavedSearches, type SearchesPorts } from './searches.ts'
import { removeStore } from './store/store.ts'

export interface LogsPorts {
  /** Stores live in `<home>/logs/<plane id>`. */
  readonly home: string
  plane(planeId: string): Promise<Plane>
  profile(plane: Plane): Promise<Profile>
  /** Throws CONTEXT_UNKNOWN or CONSENT_NEEDED. */
  connection(contextId: string): Promise<ClusterConnection>
  /** The store's key, 32 bytes, made on first use. Throws VAULT_LOCKED. */
  key(planeId: string): Promise<Buffer>
  /** The same, but undefined where nothing was ever stored: reading makes no key. Throws VAULT_LOCKED. */
  existingKey(planeId: string): Promise<Buffer | undefined>
  /** Aborts with VAULT_LOCKED when the vault is locked the next time. */
  untilLocked(): AbortSignal
  destroyKey(planeId: string): Promise<void>
  protection(): Promise<LogStatus['protection']>
  readonly searches: SearchesPorts
  readonly operations: OperationStarter & {
    list(): Promise<Operation[]>
    ended(operationId: string, signal?: AbortSignal): Promise<Operation>
  }
}

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
/** How long a collection of an uninstalled plane has to end; it notices the uninstall after `uninstallNoticedMs`. */
const endLimitMs = 10_000

type PlaneInput = { readonly planeId: string }
interface Reading {
  readonly access: StoreAccess
  /** Also aborts when the vault is locked. */
  readonly until: AbortSignal
}
type Histogram = z.infer<NonNullable<(typeof logs.histogram)['~orpc']['outputSchema']>>
type ExportRequest = z.input<NonNullable<(typeof logs.export)['~orpc']['inputSchema']>>
type PatternsRequest = z.input<NonNullable<(typeof logs.patterns)['~orpc']['inputSchema']>>
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
  search(input: LogQuery, signal: AbortSignal): AsyncGenerator<SearchEvent>
  follow(input: LogQuery, signal: AbortSignal): AsyncGenerator<{ records: LogRecord[] }>
  export(input: ExportRequest, signal: AbortSignal): AsyncGenerator<ExportEvent>
  patterns(input: PatternsRequest, signal: AbortSignal): AsyncGenerator<LogPatterns>
  around(input: AroundInput, signal: AbortSignal): Promise<SurroundingLines>
  histogram(input: HistogramInput, signal: AbortSignal): Promise<Histogram>
  /** Each throws PLANE_UNKNOWN, VAULT_LOCKED. */
  searches(input: PlaneInput): Promise<SavedSearch[]>
  saveSearch(input: PlaneInput & NewSearch): Promise<SavedSearch>
  removeSearch(input: PlaneInput & { readonly id: string }): Promise<void>
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
  let reader = startThread<LogsThread>({ name: 'logs', from: import.meta.url })
  const connections = new Set<HeldConnection>()
  const never = new AbortController().signal
  const folderOf = (planeId: string): string => join(ports.home, 'logs', planeId)
  const searches = new SavedSearches(ports.searches)
  /** Planes whose logs this process collects. */
  const collected = new Set<string>()

  const collecting = async (planeId: string): Promise<Operation | undefined> => {
    const all = await ports.operations.list()
    return all.find((each) => each.kind === 'collect' && each.planeId === planeId && each.state === 'running')
  }

  /** A collection ends by itself after an uninstall, so it is waited for. */
  async function isCollected(planeId: string): Promise<boolean> {
    const operation = await collecting(planeId)
    if (operation === undefined) return false
    if ((await ports.plane(planeId)).uninstalledAt === undefined) return true
    const limit = AbortSignal.timeout(endLimitMs)
    return await ports.operations.ended(operation.id, limit).then(
      ({ state }) => state === 'running',
      () => true,
    )
  }

  /**
   * What a call needs to read a plane's store; undefined where nothing was ever stored.
   * Throws PLANE_UNKNOWN, VAULT_LOCKED.
   */
  async function reading(planeId: string, signal: AbortSignal): Promise<Reading | undefined> {
    const until = AbortSignal.any([signal, ports.untilLocked()])
    await ports.plane(planeId)
    const key = await ports.existingKey(planeId)
    return key && { access: { folder: folderOf(planeId), key }, until }
  }

  /** A thread that has died holds no key. */
  const sealWritten = (): Promise<void> => writer.call('seal', {}, never).catch(() => undefined)

  /** After a lock, what is collected is sealed to the store's public key, and no thread holds a key. */
  function lock(): void {
    if (collected.size > 0) void sealWritten()
    void reader.close()
    reader = startThread<LogsThread>({ name: 'logs', from: import.meta.url })
  }

  /** Moves into the store what arrived while the vault was locked. Throws VAULT_LOCKED. */
  const unseal = async (planeId: string): Promise<void> => {
    const key = await ports.existingKey(planeId)
    if (key !== undefined) await writer.call('unseal', { folder: folderOf(planeId), key }, never)
  }

  /** Collects until the signal aborts or the connection ends. */
  async function collectWith(
    held: HeldConnection,
    handle: OperationHandle,
    sources: readonly LogSource[],
    signal: AbortSignal,
  ): Promise<void> {
    const connection = await held.find()
    const locked = ports.untilLocked()
    const { planeId } = handle
    const input = { access: { folder: folderOf(planeId), key: await ports.key(planeId) }, connection, sources }
    try {
      let opened = false
      for await (const progress of writer.stream('collect', input, signal)) {
        // The thread has its copy. It was sealed too early if the vault was locked before the store was open.
        if (!opened && locked.aborted) await sealWritten()
        if (!opened) input.access.key.fill(0)
        opened = true
        for (const each of progress) showProgress(handle, each)
      }
    } catch (error) {
      // A collection always ends by being stopped.
      if (!signal.aborted) throw error
    }
  }

  ports.operations.register('collect', async (handle, signal) => {
    const plane = await ports.plane(handle.planeId)
    const { logSources } = await ports.profile(plane)
    await handle.declareSteps(logSources.map(({ id, title }) => ({ id, title })))
    const uninstalled = whenUninstalled(plane, async () => await ports.plane(plane.id), signal)
    const until = AbortSignal.any([signal, uninstalled])
    const held = new HeldConnection(async () => ports.connection((await ports.plane(plane.id)).contextId))
    connections.add(held)
    collected.add(plane.id)
    try {
      for (const { id } of logSources) await handle.stepStarted(id)
      for (let ended = held.begin(); ; ended = held.begin()) {
        await collectWith(held, handle, logSources, AbortSignal.any([until, ended]))
        if (until.aborted || !ended.aborted) break
      }
    } finally {
      connections.delete(held)
      collected.delete(plane.id)
    }
    for (const { id } of logSources) await handle.stepEnded(id, 'done')
  })

  async function purge({ planeId }: PlaneInput): Promise<void> {
    if (await isCollected(planeId)) {
      throw new Problem('OPERATION_RUNNING', 'Logs of this plane are being collected. Stop the collection first.')
    }
    // The key first: without it nothing can be read, even if the disk keeps parts of a deleted file.
    await ports.destroyKey(planeId)
    await reader.call('forget', { folder: folderOf(planeId) }, never)
    removeStore(folderOf(planeId))
  }

  return {
    async status({ planeId }) {
      const plane = await ports.plane(planeId)
      const given = await reading(planeId, never)
      const [{ logSources }, summary, protection, operation] = await Promise.all([
        ports.profile(plane),
        given === undefined ? emptySummary : reader.call('summary', given.access, given.until),
        ports.protection(),
        collecting(planeId),
      ])
      const { sources, ...counts } = summary
      const titles = new Map(logSources.map(({ id, title }) => [id, title]))
      return {
        schemaVersion: 1,
        ...counts,
        protection,
        collecting: operation !== undefined,
        sources: [...new Set([...titles.keys(), ...sources.keys()])].map((id) => {
          const known = sources.get(id)
          const newest = known === undefined ? null : new Date(known.newestMs).toISOString()
          return { id, title: titles.get(id) ?? id, records: known?.records ?? 0, newest }
        }),
      }
    },
    async collect({ planeId }) {
      const plane = await ports.plane(planeId)
      // Read now, so that a locked vault or a consent that is needed is reported here and not in the operation.
      await Promise.all([ports.key(planeId), ports.connection(plane.contextId)])
      return ports.operations.start({ kind: 'collect', planeId, title: `Collect logs of ${plane.name}`, input: {} })
    },
    async *import({ planeId, ...input }, signal) {
      const locked = ports.untilLocked()
      await ports.plane(planeId)
      const until = AbortSignal.any([signal, locked])
      const key = await ports.key(planeId)
      yield* writer.stream('import', { access: { folder: folderOf(planeId), key }, input }, until)
    },
    async *search(query, signal) {
      const given = await reading(query.planeId, signal)
      if (given === undefined) yield { kind: 'done', blocksRead: 0, blocksSkipped: 0, elapsedMs: 0, more: false }
      else yield* reader.stream('search', { access: given.access, query: LogQuery.parse(query) }, given.until)
    },
    async *follow(query, signal) {
      let given = await reading(query.planeId, signal)
      while (given === undefined) {
        await delay(keyAwaitedMs, undefined, { signal })
        given = await reading(query.planeId, signal)
      }
      const input = { access: given.access, query: LogQuery.parse(query) }
      for await (const records of reader.stream('follow', input, given.until)) yield { records }
    },
    async *export({ format, redact = true, ...given }, signal) {
      const query = LogQuery.parse(given)
      const read = await reading(query.planeId, signal)
      if (read === undefined) yield { kind: 'done', records: 0, redacted: 0 }
      else yield* reader.stream('export', { access: read.access, input: { query, format, redact } }, read.until)
    },
    async *patterns({ compare, ...given }, signal) {
      const query = LogQuery.parse(given)
      const read = await reading(query.planeId, signal)
      if (read === undefined) yield noPatterns
      else yield* reader.stream('patterns', { access: read.access, input: { query, compare } }, read.until)
    },
    async around(input, signal) {
      const { planeId } = input
      const given = await reading(planeId, signal)
      if (given === undefined) return { records: [], matching: [], moreBefore: false, moreAfter: false }
      return await reader.call('around', { access: given.access, input }, given.until)
    },
    async histogram({ steps, ...given }, signal) {
      const query = LogQuery.parse(given)
      const { planeId, from, to } = given
      const read = await reading(planeId, signal)
      const rows = read === undefined ? [] : await reader.call('histogram', { access: read.access, query }, read.until)
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
    purge,
    async forget({ planeId }) {
      await purge({ planeId })
      await searches.forget(planeId)
    },
    lock,
    async unlocked() {
      await Promise.all([...collected].map(unseal))
    },
    async recheckConnections() {
      await Promise.all([...connections].map((held) => held.recheck()))
    },
    async close() {
      await Promise.all([writer.close(), reader.close()])
    },
  }
}

function showProgress(handle: OperationHandle, { source, records, collection }: SourceProgress): void {
  const { containers, problem } = collection
  const text = `${count(records, 'record')} from ${count(containers, 'container')}`
  handle.message(source, problem === undefined ? text : problem.message)
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
