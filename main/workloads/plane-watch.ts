import { setTimeout as delay } from 'node:timers/promises'
import { reportProblem } from '../../preload/contract/problem.ts'
import type { Component, Profile } from '../../preload/contract/profiles.ts'
import type {
  ComponentStatus,
  Connection,
  ObjectStatus,
  PlaneStatus,
  WorkloadsEvent,
} from '../../preload/contract/workloads.ts'
import { Changes } from '../lib/changes.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import type { Thread } from '../lib/thread.ts'
import { isSame } from './board.ts'
import { componentStatuses } from './component-status.ts'
import type { LastKnown } from './last-known.ts'
import { planWatch, type WatchPlan } from './watch-plan.ts'
import type { WatcherEvent } from './watch-plane.ts'
import type { WatcherApi } from './watcher.thread.ts'

export interface PlaneWatchOptions {
  readonly profile: Pick<Profile, 'components' | 'releases' | 'logSources'>
  readonly file: string
  readonly thread: Thread<WatcherApi>
  connection(): Promise<ClusterConnection>
}

/** A window hears of changes four times a second at most. */
const leastBetweenMs = 250
/** After a thread that died, or a context that is not there. The cluster's own losses are the thread's to mend. */
const startAgainMs = 2_000

/** What one watcher has not been told yet: by uid, so that a slow one costs no more than the plane is large. */
interface Untold {
  readonly changed: Map<string, ObjectStatus>
  readonly removed: Set<string>
  any: boolean
}

/** One plane's state as it was last told by the thread, and whoever watches it. Runs until its signal aborts. */
export class PlaneWatch {
  readonly #options: PlaneWatchOptions
  readonly #plan: WatchPlan
  readonly #objects = new Map<string, ObjectStatus>()
  readonly #untold = new Set<Untold>()
  readonly #changes = new Changes()
  readonly #known = Promise.withResolvers<void>()
  #components: ComponentStatus[]
  #asOf: string | null = null
  #connection: Connection = { state: 'connecting', since: new Date().toISOString() }

  constructor(options: PlaneWatchOptions) {
    this.#options = options
    this.#plan = planWatch(options.profile)
    this.#components = unseen(options.profile.components)
  }

  get plan(): WatchPlan {
    return this.#plan
  }

  /** Keeps the state until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#follow(signal)
      } catch (error) {
        if (signal.aborted) break
        this.#lose(new Date().toISOString(), reportProblem(error))
        this.#known.resolve()
        await delay(startAgainMs, undefined, { signal }).catch(() => undefined)
      }
    }
    this.#known.resolve()
  }

  /** The state as far as it is known, at once; then what changes, until the signal aborts. */
  async *watch(signal: AbortSignal): AsyncGenerator<WorkloadsEvent> {
    await this.#known.promise
    const untold: Untold = { changed: new Map(), removed: new Set(), any: false }
    this.#untold.add(untold)
    try {
      yield { kind: 'state', status: this.#status() }
      for await (const _ of this.#changes.watch(leastBetweenMs, signal)) {
        if (!untold.any) continue
        const event: WorkloadsEvent = {
          kind: 'delta',
          asOf: this.#asOf,
          connection: this.#connection,
          components: this.#components,
          changed: [...untold.changed.values()],
          removed: [...untold.removed],
        }
        untold.changed.clear()
        untold.removed.clear()
        untold.any = false
        yield event
      }
    } finally {
      this.#untold.delete(untold)
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { thread, file, profile } = this.#options
    if (this.#asOf === null) this.#recall(await thread.call('lastKnown', file, signal))
    this.#known.resolve()
    const connection = await this.#options.connection()
    const input = { connection, components: profile.components, plan: this.#plan, file }
    for await (const event of thread.stream('watch', input, signal)) this.#hear(event)
  }

  #hear(event: WatcherEvent): void {
    if (event.kind === 'lost') {
      this.#lose(event.at, event.problem)
    } else if (event.kind === 'delta') {
      this.#live(event, event.changed, event.removed)
    } else {
      const gone = new Set(this.#objects.keys())
      for (const { uid } of event.objects) gone.delete(uid)
      this.#live(event, event.objects, gone)
    }
  }

  #live(
    { asOf, components, problem }: Pick<Extract<WatcherEvent, { kind: 'state' }>, 'asOf' | 'components' | 'problem'>,
    changed: readonly ObjectStatus[],
    removed: Iterable<string>,
  ): void {
    this.#asOf = asOf
    this.#components = components
    const since = this.#connection.state === 'live' ? this.#connection.since : asOf
    this.#connection = { state: 'live', since, problem }
    for (const status of changed) {
      const before = this.#objects.get(status.uid)
      if (before !== undefined && isSame(before, status)) continue
      this.#objects.set(status.uid, status)
      for (const untold of this.#untold) {
        untold.changed.set(status.uid, status)
        untold.removed.delete(status.uid)
      }
    }
    for (const uid of removed) {
      if (!this.#objects.delete(uid)) continue
      for (const untold of this.#untold) {
        untold.removed.add(uid)
        untold.changed.delete(uid)
      }
    }
    this.#tell()
  }

  #recall(known: LastKnown | undefined): void {
    if (known === undefined) return
    this.#asOf = known.asOf
    this.#components = rejoin(this.#options.profile.components, known.components)
    for (const status of known.objects) this.#objects.set(status.uid, status)
    this.#connection = { state: 'stale', since: known.asOf }
  }

  #lose(at: string, problem: Connection['problem']): void {
    const { state, since } = this.#connection
    // Without anything known there is nothing that could be stale.
    const next = this.#asOf === null ? 'connecting' : 'stale'
    this.#connection = { state: next, since: state === next ? since : at, problem }
    this.#tell()
  }

  #tell(): void {
    for (const untold of this.#untold) untold.any = true
    this.#changes.notify()
  }

  #status(): PlaneStatus {
    return {
      schemaVersion: 1,
      asOf: this.#asOf,
      connection: this.#connection,
      components: this.#components,
      objects: [...this.#objects.values()],
    }
  }
}

function unseen(components: readonly Component[]): ComponentStatus[] {
  return componentStatuses(components, { looked: false, objects: new Map(), unreadable: new Map() })
}

/** The profile may have changed since: its components are shown, with what was known of those that it still has. */
function rejoin(components: readonly Component[], known: readonly ComponentStatus[]): ComponentStatus[] {
  return unseen(components).map((status) => known.find(({ id }) => id === status.id) ?? status)
}
