import { setTimeout as delay } from 'node:timers/promises'
import { Problem, reportProblem } from '../../preload/contract/problem.ts'
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
import { HeldConnection } from '../lib/kubernetes/held-connection.ts'
import type { Thread } from '../lib/thread.ts'
import { componentStatuses } from './component-status.ts'
import type { WatcherEvent } from './follow-plane.ts'
import type { LastKnown } from './last-known.ts'
import { isSameStatus } from './plane-objects.ts'
import { planWatch, type WatchPlan } from './watch-plan.ts'
import type { WatcherApi } from './watcher.thread.ts'

export interface PlaneStateOptions {
  readonly profile: Pick<Profile, 'components' | 'releases' | 'logSources'>
  readonly file: string
  readonly thread: Thread<WatcherApi>
  /** A live state of which the thread has confirmed nothing for this long is stale. Default 14,000. */
  readonly silentMs?: number
  /** Throws CONTEXT_UNKNOWN or CONSENT_NEEDED. */
  connection(): Promise<ClusterConnection>
}

/** Watchers receive changes at most four times a second. */
const minIntervalMs = 250
/** Pause after the thread died or the context is missing. The thread itself reconnects to the cluster. */
const restartMs = 2_000
/** The thread confirms a live state every 10 s, after a heartbeat of up to 3 s. */
const silentDefaultMs = 14_000

/** Changes that one watcher has not received yet, by uid, so that a slow watcher needs no more memory than the plane. */
interface PendingChanges {
  readonly changed: Map<string, ObjectStatus>
  readonly removed: Set<string>
  hasChanges: boolean
}

/** The state of one plane as last reported by the thread, and its watchers. Runs until its signal aborts. */
export class PlaneState {
  readonly #options: PlaneStateOptions
  readonly #plan: WatchPlan
  readonly #held: HeldConnection
  readonly #objects = new Map<string, ObjectStatus>()
  readonly #pending = new Set<PendingChanges>()
  readonly #changes = new Changes()
  readonly #known = Promise.withResolvers<void>()
  #components: ComponentStatus[]
  #asOf: string | null = null
  #connection: Connection = { state: 'connecting', since: new Date().toISOString() }

  constructor(options: PlaneStateOptions) {
    this.#options = options
    this.#held = new HeldConnection(options.connection)
    this.#plan = planWatch(options.profile)
    this.#components = uncheckedStatuses(options.profile.components)
  }

  get plan(): WatchPlan {
    return this.#plan
  }

  /** Updates the state until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const ended = this.#held.begin()
      const until = AbortSignal.any([signal, ended])
      try {
        await this.#followTargets(until)
      } catch (error) {
        if (signal.aborted) break
        if (ended.aborted) continue
        this.#setStale(new Date().toISOString(), reportProblem(error))
        this.#known.resolve()
        await delay(restartMs, undefined, { signal: until }).catch(() => undefined)
      }
    }
    this.#known.resolve()
  }

  /** Connects again if what the user has allowed for the context has changed. */
  async recheckConnection(): Promise<void> {
    await this.#held.recheck()
  }

  /** The last known state at once, then changes until the signal aborts. */
  async *watch(signal: AbortSignal): AsyncGenerator<WorkloadsEvent> {
    await this.#known.promise
    const pending: PendingChanges = { changed: new Map(), removed: new Set(), hasChanges: false }
    this.#pending.add(pending)
    try {
      yield { kind: 'state', status: this.#status() }
      for await (const _ of this.#changes.watch(minIntervalMs, signal)) {
        if (!pending.hasChanges) continue
        const event: WorkloadsEvent = {
          kind: 'delta',
          asOf: this.#asOf,
          connection: this.#connection,
          components: this.#components,
          changed: [...pending.changed.values()],
          removed: [...pending.removed],
        }
        pending.changed.clear()
        pending.removed.clear()
        pending.hasChanges = false
        yield event
      }
    } finally {
      this.#pending.delete(pending)
    }
  }

  async #followTargets(signal: AbortSignal): Promise<void> {
    const { thread, file, profile } = this.#options
    if (this.#asOf === null) this.#restore(await thread.call('lastKnown', file, signal))
    this.#known.resolve()
    const connection = await this.#held.find()
    const input = { connection, components: profile.components, plan: this.#plan, file }
    const { silentMs = silentDefaultMs } = this.#options
    const silence = setTimeout(() => this.#endSilent(silentMs), silentMs)
    try {
      for await (const event of thread.stream('watch', input, signal)) {
        silence.refresh()
        this.#handle(event)
      }
    } finally {
      clearTimeout(silence)
    }
  }

  /** A thread that is blocked cannot say that it lost the cluster. */
  #endSilent(silentMs: number): void {
    if (this.#connection.state !== 'live') return
    const message = `The watch of the cluster has not reported for ${silentMs / 1_000} s.`
    this.#setStale(new Date().toISOString(), reportProblem(new Problem('TIMED_OUT', message)))
  }

  #handle(event: WatcherEvent): void {
    if (event.kind === 'lost') {
      this.#setStale(event.at, event.problem)
    } else if (event.kind === 'partial') {
      this.#components = withKnownStatuses(event.components, this.#components)
      this.#apply(event.changed, event.removed)
    } else if (event.kind === 'delta') {
      this.#update(event, event.changed, event.removed)
    } else {
      const removed = new Set(this.#objects.keys())
      for (const { uid } of event.objects) removed.delete(uid)
      this.#update(event, event.objects, removed)
    }
  }

  #update(
    { asOf, components, problem }: Pick<Extract<WatcherEvent, { kind: 'state' }>, 'asOf' | 'components' | 'problem'>,
    changed: readonly ObjectStatus[],
    removed: Iterable<string>,
  ): void {
    this.#asOf = asOf
    this.#components = components
    const since = this.#connection.state === 'live' ? this.#connection.since : asOf
    this.#connection = { state: 'live', since, problem }
    this.#apply(changed, removed)
  }

  #apply(changed: readonly ObjectStatus[], removed: Iterable<string>): void {
    for (const status of changed) {
      const before = this.#objects.get(status.uid)
      if (before !== undefined && isSameStatus(before, status)) continue
      this.#objects.set(status.uid, status)
      for (const pending of this.#pending) {
        pending.changed.set(status.uid, status)
        pending.removed.delete(status.uid)
      }
    }
    for (const uid of removed) {
      if (!this.#objects.delete(uid)) continue
      for (const pending of this.#pending) {
        pending.removed.add(uid)
        pending.changed.delete(uid)
      }
    }
    this.#notify()
  }

  #restore(known: LastKnown | undefined): void {
    if (known === undefined) return
    this.#asOf = known.asOf
    this.#components = withKnownStatuses(uncheckedStatuses(this.#options.profile.components), known.components)
    for (const status of known.objects) this.#objects.set(status.uid, status)
    this.#connection = { state: 'stale', since: known.asOf }
  }

  #setStale(at: string, problem: Connection['problem']): void {
    const { state, since } = this.#connection
    // Without a known state nothing can be stale.
    const next = this.#asOf === null ? 'connecting' : 'stale'
    this.#connection = { state: next, since: state === next ? since : at, problem }
    this.#notify()
  }

  #notify(): void {
    for (const pending of this.#pending) pending.hasChanges = true
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

function uncheckedStatuses(components: readonly Component[]): ComponentStatus[] {
  return componentStatuses(components, { wasChecked: false, objects: new Map(), unreadable: new Map() })
}

/** Those that are not known yet keep what was known; the profile may have others now. */
function withKnownStatuses(now: readonly ComponentStatus[], known: readonly ComponentStatus[]): ComponentStatus[] {
  return now.map((status) =>
    status.health === 'unknown' ? (known.find(({ id }) => id === status.id) ?? status) : status,
  )
}
