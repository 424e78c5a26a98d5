import { join } from 'node:path'
import type { z } from 'zod'
import type { LogRecord, LogStatus, logs, SearchEvent } from '../../preload/contract/logs.ts'
import { LogQuery } from '../../preload/contract/logs.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import type { OperationHandle, OperationStarter } from '../lib/operation.ts'
import { startThread } from '../lib/thread.ts'
import type { SourceProgress } from './collect/collector.ts'
import { countByStep } from './histogram.ts'
import type { LogsThread, StoreAccess } from './logs.thread.ts'
import { removeStore } from './store/store.ts'

export interface LogsPorts {
  /** Stores live in `<home>/logs/<plane id>`. */
  readonly home: string
  plane(planeId: string): Promise<Plane>
  profile(plane: Plane): Promise<Profile>
  connection(contextId: string): Promise<ClusterConnection>
  /** The store's key, 32 bytes, made on first use. Throws VAULT_LOCKED. */
  key(planeId: string): Promise<Buffer>
  destroyKey(planeId: string): Promise<void>
  protection(): Promise<LogStatus['protection']>
  readonly operations: OperationStarter & { list(): Promise<Operation[]>; cancel(operationId: string): Promise<void> }
}

type PlaneInput = { readonly planeId: string }
type Histogram = z.infer<NonNullable<(typeof logs.histogram)['~orpc']['outputSchema']>>
type HistogramInput = z.infer<NonNullable<(typeof logs.histogram)['~orpc']['inputSchema']>>

/** A plane's logs: collected from its cluster, stored encrypted, searched without the cluster. */
export interface Logs {
  status(input: PlaneInput): Promise<LogStatus>
  collect(input: PlaneInput): Promise<Operation>
  search(input: LogQuery, signal: AbortSignal): AsyncGenerator<SearchEvent>
  follow(input: LogQuery, signal: AbortSignal): AsyncGenerator<{ records: LogRecord[] }>
  histogram(input: HistogramInput, signal: AbortSignal): Promise<Histogram>
  purge(input: PlaneInput): Promise<void>
  close(): Promise<void>
}

export function createLogs(ports: LogsPorts): Logs {
  // Two threads: a search over many blocks must not delay the collection.
  const writer = startThread<LogsThread>({ name: 'logs', from: import.meta.url })
  const reader = startThread<LogsThread>({ name: 'logs', from: import.meta.url })
  const never = new AbortController().signal

  const access = async (planeId: string): Promise<StoreAccess> => ({
    folder: join(ports.home, 'logs', planeId),
    key: await ports.key(planeId),
  })

  const collecting = async (planeId: string): Promise<Operation | undefined> => {
    const all = await ports.operations.list()
    return all.find((each) => each.kind === 'collect' && each.planeId === planeId && each.state === 'running')
  }

  ports.operations.register('collect', async (handle, signal) => {
    const plane = await ports.plane(handle.planeId)
    const { logSources } = await ports.profile(plane)
    await handle.declareSteps(logSources.map(({ id, title }) => ({ id, title })))
    const input = {
      access: await access(plane.id),
      connection: await ports.connection(plane.contextId),
      sources: logSources,
    }
    for (const { id } of logSources) await handle.stepStarted(id)
    try {
      for await (const progress of writer.stream('collect', input, signal))
        for (const each of progress) showProgress(handle, each)
    } catch (error) {
      // A collection always ends by being stopped.
      if (!signal.aborted) throw error
    }
    for (const { id } of logSources) await handle.stepEnded(id, 'done')
  })

  return {
    async status({ planeId }) {
      const plane = await ports.plane(planeId)
      const [{ logSources }, summary, protection, operation] = await Promise.all([
        ports.profile(plane),
        writer.call('summary', await access(planeId), never),
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
      // Read now, so that a locked vault is reported here and not in the operation.
      await ports.key(planeId)
      return ports.operations.start({ kind: 'collect', planeId, title: `Collect logs of ${plane.name}`, input: {} })
    },
    async *search(query, signal) {
      yield* reader.stream('search', { access: await access(query.planeId), query: LogQuery.parse(query) }, signal)
    },
    async *follow(query, signal) {
      const input = { access: await access(query.planeId), query: LogQuery.parse(query) }
      for await (const records of reader.stream('follow', input, signal)) yield { records }
    },
    async histogram({ planeId, sources, from, to, steps }, signal) {
      const rows = await reader.call('histogram', await access(planeId), signal)
      return countByStep(rows, { sources, fromMs: Date.parse(from), toMs: Date.parse(to), steps })
    },
    async purge({ planeId }) {
      if ((await collecting(planeId)) !== undefined) {
        throw new Problem('OPERATION_RUNNING', 'Logs of this plane are being collected. Stop the collection first.')
      }
      // The key first: without it nothing can be read, even if the disk keeps parts of a deleted file.
      await ports.destroyKey(planeId)
      removeStore(join(ports.home, 'logs', planeId))
    },
    async close() {
      await Promise.all([writer.close(), reader.close()])
    },
  }
}

function showProgress(handle: OperationHandle, { source, streams, records, problem }: SourceProgress): void {
  const text = `${count(records, 'record')} from ${count(streams, 'container')}`
  handle.message(source, problem === undefined ? text : problem.message)
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
