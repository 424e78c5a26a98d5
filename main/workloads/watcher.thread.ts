import type { ClusterEvent, ObjectDetails } from '../../preload/contract/workloads.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import { openCluster } from '../lib/kubernetes/open.ts'
import { serveThread } from '../lib/thread/serve.ts'
import { readEvents } from './cluster-events.ts'
import { followPlane, type WatcherEvent, type WatchInput } from './follow-plane.ts'
import { type LastKnown, readLastKnown } from './last-known.ts'
import { type ObjectToRead, readObject } from './read-object.ts'
import type { WatchTarget } from './watch-plan.ts'

interface EventsInput {
  readonly connection: ClusterConnection
  readonly namespaces: readonly string[]
  readonly objectUid?: string
}

interface ObjectInput {
  readonly connection: ClusterConnection
  readonly target: WatchTarget
  readonly object: ObjectToRead
}

/** Watches that have not ended, including saving their last state. */
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
    async object({ connection, target, object }: ObjectInput, signal: AbortSignal): Promise<ObjectDetails | null> {
      const client = await openCluster(connection)
      try {
        return await readObject(client, target, object, signal)
      } finally {
        await client.close()
      }
    },
    async lastKnown(file: string, _signal: AbortSignal): Promise<LastKnown | undefined> {
      return await readLastKnown(file)
    },
    /** Resolves once every cancelled watch has saved its state. */
    async settled(_: null, _signal: AbortSignal): Promise<void> {
      await Promise.all(running)
    },
  },
  streams: {
    async *watch(input: WatchInput, signal: AbortSignal): AsyncGenerator<WatcherEvent> {
      const { promise, resolve } = Promise.withResolvers<void>()
      running.add(promise)
      try {
        yield* followPlane(input, signal)
      } finally {
        running.delete(promise)
        resolve()
      }
    },
  },
}
export type WatcherApi = typeof api

serveThread(api)
