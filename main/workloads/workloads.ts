import type { Plane } from '../../preload/contract/planes.ts'
import type { Profile } from '../../preload/contract/profiles.ts'
import type { ClusterEvent, ObjectDetails, WorkloadsEvent } from '../../preload/contract/workloads.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import { startThread } from '../lib/thread.ts'
import { lastKnownFile, removeLastKnown } from './last-known.ts'
import { PlaneState } from './plane-state.ts'
import { type ObjectToRead, targetOf } from './read-object.ts'
import { planWatch } from './watch-plan.ts'
import type { WatcherApi } from './watcher.thread.ts'

export interface WorkloadsPorts {
  /** Throws PLANE_UNKNOWN. */
  plane(planeId: string): Promise<Plane>
  /** Throws PROFILE_UNKNOWN or PROFILE_INVALID. */
  profile(plane: Plane): Promise<Profile>
  /** Throws CONTEXT_UNKNOWN or CONSENT_NEEDED. */
  connection(contextId: string): Promise<ClusterConnection>
  /** Called with what every watched plane reports. */
  observed?(planeId: string, event: WorkloadsEvent): Promise<void>
  /** The state folder. */
  readonly home: string
}

/** The state of planes. Each plane is watched once, whatever the number of watchers, in one shared thread. */
export interface Workloads {
  /** The last known state at once, then what changes. Throws PLANE_UNKNOWN or PROFILE_*; ends when the signal aborts. */
  watch(input: { readonly planeId: string }, signal: AbortSignal): AsyncGenerator<WorkloadsEvent>
  /** Newest first, at most 200. With `object`, a uid, only those of that object. Throws CLUSTER_*. */
  events(input: { readonly planeId: string; readonly object?: string }, signal: AbortSignal): Promise<ClusterEvent[]>
  /** An object that the plane shows; null: it does not exist any more. Throws INPUT_INVALID for another one, and CLUSTER_*. */
  object(
    input: { readonly planeId: string; readonly object: ObjectToRead },
    signal: AbortSignal,
  ): Promise<ObjectDetails | null>
  /** Connects again where what the user has allowed for a context has changed. */
  recheckConnections(): Promise<void>
  /** Removes the saved state of the plane. */
  forget(planeId: string): Promise<void>
  /** Saves the last known states and ends the thread. */
  close(): Promise<void>
}

/** A watch continues for this long, so that a view that is opened again or a reloaded window finds it running. */
const graceMs = 5_000
/** Saving a state takes a few milliseconds; a slower disk is not waited for. */
const closeLimitMs = 3_000

interface WatchedPlane {
  readonly watch: PlaneState
  readonly stop: AbortController
  readonly done: Promise<void>
  watchers: number
  grace?: NodeJS.Timeout
}

export function createWorkloads({ plane, profile, connection, home, observed }: WorkloadsPorts): Workloads {
  const thread = startThread<WatcherApi>({ name: 'watcher', from: import.meta.url })
  const watched = new Map<string, WatchedPlane>()

  const addWatcher = async (planeId: string): Promise<WatchedPlane> => {
    const found = await plane(planeId)
    const loadedProfile = await profile(found)
    const existing = watched.get(planeId)
    if (existing !== undefined) return existing
    const stop = new AbortController()
    const file = lastKnownFile(home, planeId)
    // Read anew for each attempt: the plane may have been pointed to another context.
    const current = async () => await connection((await plane(planeId)).contextId)
    const watch = new PlaneState({ profile: loadedProfile, file, thread, connection: current })
    const added: WatchedPlane = { watch, stop, done: watch.run(stop.signal), watchers: 0 }
    watched.set(planeId, added)
    void report(planeId, added)
    return added
  }

  const report = async (planeId: string, { watch, stop }: WatchedPlane): Promise<void> => {
    if (observed === undefined) return
    // A record that cannot be written must not end the watch.
    for await (const event of watch.watch(stop.signal)) await observed(planeId, event).catch(() => undefined)
  }

  const removeWatcher = (planeId: string, watch: WatchedPlane): void => {
    watch.watchers -= 1
    if (watch.watchers > 0) return
    watch.grace = setTimeout(() => end(planeId, watch), graceMs)
    watch.grace.unref()
  }

  const end = (planeId: string, watch: WatchedPlane): void => {
    clearTimeout(watch.grace)
    if (watched.get(planeId) === watch) watched.delete(planeId)
    watch.stop.abort()
  }

  return {
    async *watch({ planeId }, signal) {
      const added = await addWatcher(planeId)
      clearTimeout(added.grace)
      added.watchers += 1
      try {
        yield* added.watch.watch(AbortSignal.any([signal, added.stop.signal]))
      } finally {
        removeWatcher(planeId, added)
      }
    },
    async events({ planeId, object }, signal) {
      const found = await plane(planeId)
      const { namespaces } = planWatch(await profile(found))
      const input = { connection: await connection(found.contextId), namespaces, objectUid: object }
      return await thread.call('events', input, signal)
    },
    async object({ planeId, object }, signal) {
      const found = await plane(planeId)
      const target = targetOf(planWatch(await profile(found)).targets, object)
      return await thread.call('object', { connection: await connection(found.contextId), target, object }, signal)
    },
    async recheckConnections() {
      await Promise.all([...watched.values()].map(({ watch }) => watch.recheckConnection()))
    },
    async forget(planeId) {
      const existing = watched.get(planeId)
      if (existing !== undefined) {
        end(planeId, existing)
        await existing.done
        await settled()
      }
      await removeLastKnown(lastKnownFile(home, planeId))
    },
    async close() {
      const all = [...watched]
      for (const [planeId, each] of all) end(planeId, each)
      await Promise.all(all.map(([, { done }]) => done))
      if (all.length > 0) await settled()
      await thread.close()
    },
  }

  /** Waits, up to a limit, until cancelled watches have saved their state. */
  async function settled(): Promise<void> {
    await thread.call('settled', null, AbortSignal.timeout(closeLimitMs)).catch(() => undefined)
  }
}
