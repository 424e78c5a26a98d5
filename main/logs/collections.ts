import type { SourceCollection } from '../../preload/contract/logs.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import type { LogSource } from '../../preload/contract/profiles.ts'
import { HeldConnection } from '../lib/kubernetes/held-connection.ts'
import type { OperationHandle } from '../lib/operation.ts'
import type { Thread } from '../lib/thread.ts'
import type { SourceProgress } from './collect/collector.ts'
import { PublishedStates, readPublished } from './collect/published-states.ts'
import { whenUninstalled } from './collect/uninstalled.ts'
import type { LogsThread } from './logs.thread.ts'
import { type LogsPorts, storeFolder } from './ports.ts'
import type { Retention } from './retention.ts'

/** How long a collection of an uninstalled plane has to end; it notices the uninstall after `uninstallNoticedMs`. */
const endLimitMs = 10_000
/** How often a collection looks whether days have to be deleted; they are once an hour. */
const retentionEveryMs = 60_000
const never = new AbortController().signal

/** The collections of planes: each is an operation, which one process runs. */
export interface Collections {
  start(planeId: string): Promise<Operation>
  /** The state of each source by its id, also where another process collects; undefined: the plane's logs are not collected. */
  states(planeId: string): Promise<ReadonlyMap<string, SourceCollection> | undefined>
  /** A collection ends by itself after an uninstall, so it is waited for. */
  isCollected(planeId: string): Promise<boolean>
  /** After a lock, what is collected is sealed to the store's public key, and the thread holds no key. */
  seal(): void
  /** Moves into the stores what arrived while the vault was locked. Throws VAULT_LOCKED. */
  unseal(): Promise<void>
  /** Connects again where what the user has allowed for a context has changed. */
  recheckConnections(): Promise<void>
}

export function createCollections(
  ports: LogsPorts,
  writer: Thread<LogsThread>,
  retention: Pick<Retention, 'applyIfDue'>,
): Collections {
  const connections = new Set<HeldConnection>()
  /** Planes whose logs this process collects. */
  const collected = new Set<string>()

  const running = async (planeId: string): Promise<Operation | undefined> => {
    const all = await ports.operations.list()
    return all.find((each) => each.kind === 'collect' && each.planeId === planeId && each.state === 'running')
  }

  /** A thread that has died holds no key. */
  const sealWritten = (): Promise<void> => writer.call('seal', {}, never).catch(() => undefined)

  const unseal = async (planeId: string): Promise<void> => {
    const key = await ports.existingKey(planeId)
    if (key !== undefined) await writer.call('unseal', { folder: storeFolder(ports, planeId), key }, never)
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
    const folder = storeFolder(ports, planeId)
    const input = { access: { folder, key: await ports.key(planeId) }, connection, sources }
    const states = new PublishedStates(folder, handle.id)
    const retaining = setInterval(() => retention.applyIfDue(planeId), retentionEveryMs)
    try {
      let opened = false
      for await (const progress of writer.stream('collect', input, signal)) {
        // The thread has its copy. It was sealed too early if the vault was locked before the store was open.
        if (!opened && locked.aborted) await sealWritten()
        if (!opened) input.access.key.fill(0)
        if (!opened) retention.applyIfDue(planeId)
        opened = true
        for (const each of progress) showProgress(handle, each)
        await states.publish(progress)
      }
    } catch (error) {
      // A collection always ends by being stopped.
      if (!signal.aborted) throw error
    } finally {
      clearInterval(retaining)
      await states.remove()
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

  return {
    async start(planeId) {
      const plane = await ports.plane(planeId)
      // Read now, so that a locked vault or a consent that is needed is reported here and not in the operation.
      await Promise.all([ports.key(planeId), ports.connection(plane.contextId)])
      return ports.operations.start({ kind: 'collect', planeId, title: `Collect logs of ${plane.name}`, input: {} })
    },
    async states(planeId) {
      const operation = await running(planeId)
      return operation && (await readPublished(storeFolder(ports, planeId), operation.id))
    },
    async isCollected(planeId) {
      const operation = await running(planeId)
      if (operation === undefined) return false
      if ((await ports.plane(planeId)).uninstalledAt === undefined) return true
      const limit = AbortSignal.timeout(endLimitMs)
      return await ports.operations.ended(operation.id, limit).then(
        ({ state }) => state === 'running',
        () => true,
      )
    },
    seal() {
      if (collected.size > 0) void sealWritten()
    },
    async unseal() {
      await Promise.all([...collected].map(unseal))
    },
    async recheckConnections() {
      await Promise.all([...connections].map((held) => held.recheck()))
    },
  }
}

function showProgress(handle: OperationHandle, { source, records, collection }: SourceProgress): void {
  const { containers, problem } = collection
  const text = `${count(records, 'record')} from ${count(containers, 'container')}`
  handle.message(source, problem === undefined ? text : problem.message)
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
