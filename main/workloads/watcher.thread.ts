import type { ClusterEvent } from '../../preload/contract/workloads.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import { openCluster } from '../lib/kubernetes/open.ts'
import { serveThread } from '../lib/thread/serve.ts'
import { readEvents } from './cluster-events.ts'
import { type LastKnown, readLastKnown } from './last-known.ts'
import { type WatcherEvent, type WatchInput, watchPlane } from './watch-plane.ts'

interface EventsInput {
  readonly connection: ClusterConnection
  readonly namespaces: readonly string[]
  readonly objectUid?: string
}

/** Watches that have not ended yet, the last writing of their state included. */
const running = new Set<Promise<void>>()

const api = {
  calls: {
    async events({ connection, namespaces, objectUid }: EventsInput, signal: AbortSignal): Promise<ClusterEvent[]> {
      const client = await openCluster(connection)
      try {
        return await readEvents(client, namespaces, objectUid, signal)
      } finally {
        await client.close()
      }
    },
    async lastKnown(file: string, _signal: AbortSignal): Promise<LastKnown | undefined> {
      return await readLastKnown(file)
    },
    /** Returns once every watch that was cancelled has kept its state. */
    async settled(_: null, _signal: AbortSignal): Promise<void> {
      await Promise.all(running)
    },
  },
  streams: {
    async *watch(input: WatchInput, signal: AbortSignal): AsyncGenerator<WatcherEvent> {
      const { promise, resolve } = Promise.withResolvers<void>()
      running.add(promise)
      try {
        yield* watchPlane(input, signal)
      } finally {
        running.delete(promise)
        resolve()
      }
    },
  },
}
export type WatcherApi = typeof api

serveThread(api)
