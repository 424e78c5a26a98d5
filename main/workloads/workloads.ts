import type { Plane } from '../../preload/contract/planes.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import type { ClusterEvent, WorkloadsEvent } from '../../preload/contract/workloads.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import { startThread } from '../lib/thread.ts'
import { forgetLastKnown, lastKnownFile } from './last-known.ts'
import { PlaneWatch } from './plane-watch.ts'
import { planWatch } from './watch-plan.ts'
import type { WatcherApi } from './watcher.thread.ts'

export interface WorkloadsPorts {
  /** Throws PLANE_UNKNOWN. */
  plane(planeId: string): Promise<Plane>
  /** Throws PROFILE_UNKNOWN or PROFILE_INVALID. */
  profile(name: string): Promise<Profile>
  /** Throws CONTEXT_UNKNOWN. */
  connection(contextId: string): Promise<ClusterConnection>
  /** The folder of all of Hangar's state. */
  readonly home: string
}

/** The state of planes. Each is watched once, however many watch it, in a thread that they share. */
export interface Workloads {
  /** The last known state at once, then what changes. Throws PLANE_UNKNOWN or PROFILE_*; ends when the signal aborts. */
  watch(input: { readonly planeId: string }, signal: AbortSignal): AsyncGenerator<WorkloadsEvent>
  /** Newest first, at most 200; of one object where its uid is given. Throws CLUSTER_* where it cannot be asked. */
  events(input: { readonly planeId: string; readonly object?: string }, signal: AbortSignal): Promise<ClusterEvent[]>
  /** Removes what is kept of the plane. */
  forget(planeId: string): Promise<void>
  /** Keeps the last known states and ends the thread. */
  close(): Promise<void>
}

/** A view that is closed and opened again, or a window that reloads, finds its watch still warm. */
const graceMs = 5_000
/** The last writing of a state is a few milliseconds; a disk that takes longer is not waited for. */
const closeLimitMs = 3_000

interface Watched {
  readonly watch: PlaneWatch
  readonly stop: AbortController
  readonly done: Promise<void>
  watchers: number
  grace?: NodeJS.Timeout
}

export function createWorkloads({ plane, profile, connection, home }: WorkloadsPorts): Workloads {
  const thread = startThread<WatcherApi>({ name: 'watcher', from: import.meta.url })
  const watched = new Map<string, Watched>()

  const enter = async (planeId: string): Promise<Watched> => {
    const { profile: name, contextId } = await plane(planeId)
    const of = await profile(name)
    const found = watched.get(planeId)
    if (found !== undefined) return found
    const stop = new AbortController()
    const file = lastKnownFile(home, planeId)
    const watch = new PlaneWatch({ profile: of, file, thread, connection: () => connection(contextId) })
    const entered: Watched = { watch, stop, done: watch.run(stop.signal), watchers: 0 }
    watched.set(planeId, entered)
    return entered
  }

  const leave = (planeId: string, left: Watched): void => {
    left.watchers -= 1
    if (left.watchers > 0) return
    left.grace = setTimeout(() => end(planeId, left), graceMs)
    left.grace.unref()
  }

  const end = (planeId: string, ended: Watched): void => {
    clearTimeout(ended.grace)
    if (watched.get(planeId) === ended) watched.delete(planeId)
    ended.stop.abort()
  }

  return {
    async *watch({ planeId }, signal) {
      const entered = await enter(planeId)
      clearTimeout(entered.grace)
      entered.watchers += 1
      try {
        yield* entered.watch.watch(AbortSignal.any([signal, entered.stop.signal]))
      } finally {
        leave(planeId, entered)
      }
    },
    async events({ planeId, object }, signal) {
      const { profile: name, contextId } = await plane(planeId)
      const { namespaces } = planWatch(await profile(name))
      const input = { connection: await connection(contextId), namespaces, objectUid: object }
      return await thread.call('events', input, signal)
    },
    async forget(planeId) {
      const found = watched.get(planeId)
      if (found !== undefined) {
        end(planeId, found)
        await found.done
        await settled()
      }
      await forgetLastKnown(lastKnownFile(home, planeId))
    },
    async close() {
      const all = [...watched]
      for (const [planeId, each] of all) end(planeId, each)
      await Promise.all(all.map(([, { done }]) => done))
      if (all.length > 0) await settled()
      await thread.close()
    },
  }

  /** What was cancelled still writes: it is waited for, within limits. */
  async function settled(): Promise<void> {
    await thread.call('settled', null, AbortSignal.timeout(closeLimitMs)).catch(() => undefined)
  }
}
