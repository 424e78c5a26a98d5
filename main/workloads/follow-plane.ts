import { setTimeout as delay } from 'node:timers/promises'
import { type ProblemReport, reportProblem } from '../../preload/contract/problem.ts'
import type { Component } from '../../preload/contract/profiles.ts'
import type { ComponentStatus, ObjectStatus } from '../../preload/contract/workloads.ts'
import { Changes } from '../lib/changes.ts'
import type { ClusterConnection } from '../lib/kubernetes/client.ts'
import { openCluster } from '../lib/kubernetes/open.ts'
import { followTargets, temporary } from './follow-targets.ts'
import { PlaneObjects } from './plane-objects.ts'
import { StateSaver } from './state-saver.ts'
import type { TargetObserver } from './target-observer.ts'
import { targetKey, type WatchPlan } from './watch-plan.ts'

export interface WatchInput {
  readonly connection: ClusterConnection
  readonly components: readonly Component[]
  readonly plan: WatchPlan
  /** File of the last known state. */
  readonly file: string
}

/** A `state` follows each connection once everything is listed, `partial` what is listed before, a `lost` each lost connection. */
export type WatcherEvent =
  | {
      readonly kind: 'partial'
      readonly components: ComponentStatus[]
      readonly changed: ObjectStatus[]
      readonly removed: string[]
    }
  | {
      readonly kind: 'state'
      readonly asOf: string
      readonly components: ComponentStatus[]
      readonly objects: ObjectStatus[]
      readonly problem?: ProblemReport
    }
  | {
      readonly kind: 'delta'
      readonly asOf: string
      readonly components: ComponentStatus[]
      readonly changed: ObjectStatus[]
      readonly removed: string[]
      readonly problem?: ProblemReport
    }
  | { readonly kind: 'lost'; readonly at: string; readonly problem: ProblemReport }

/** At most five events a second; the window receives fewer. */
const minIntervalMs = 200
/** Without changes, an empty delta confirms the state this often. */
const confirmEveryMs = 10_000
const firstRetryMs = 500
const longestRetryMs = 3_000
/** For failures that a user has to fix: each attempt may run a credential plugin. */
const blockedRetryMs = 15_000
const recheckEveryMs = 1_000

export function retryMs(failures: number, code: string): number {
  if (!temporary.has(code) && failures > 1) return blockedRetryMs
  return Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1))
}

/** Follows one plane until the signal aborts, and reconnects after each lost connection. Never throws. */
export async function* followPlane(input: WatchInput, signal: AbortSignal): AsyncGenerator<WatcherEvent> {
  const follower = new PlaneFollower(input)
  const stop = new AbortController()
  const limit = AbortSignal.any([signal, stop.signal])
  const running = follower.run(limit)
  try {
    yield* follower.events(limit)
  } finally {
    stop.abort()
    await running
    await follower.saveState()
  }
}

class PlaneFollower {
  readonly #input: WatchInput
  readonly #objects: PlaneObjects
  readonly #saver: StateSaver
  readonly #changes = new Changes()
  readonly #unreadable = new Map<string, ProblemReport>()
  #phase: 'connecting' | 'live' | 'lost' = 'connecting'
  /** Whether the complete state was reported since everything was listed. */
  #isStateReported = false
  #isLossReported = false
  /** From the first object of a connection until everything is listed. */
  #isListing = false
  #asOf: string | undefined
  #reportedAtMs = 0
  #loss: { readonly at: string; readonly problem: ProblemReport } | undefined

  constructor(input: WatchInput) {
    const { components, plan, file } = input
    this.#input = input
    this.#objects = new PlaneObjects(components, plan.namespaces, plan.unfollowed)
    for (const target of plan.targets) this.#objects.setUnreadable(target, `${target.kind} has not been read yet`)
    this.#saver = new StateSaver(file, this.#objects)
  }

  /** Updates the state until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.allSettled([this.#follow(signal), this.#recheck(signal), this.#saver.run(signal)])
  }

  saveState(): Promise<void> {
    return this.#saver.save()
  }

  async *events(signal: AbortSignal): AsyncGenerator<WatcherEvent> {
    for await (const _ of this.#changes.watch(minIntervalMs, signal)) {
      const event = this.#nextEvent(Date.now())
      if (event === undefined) continue
      if (event.kind === 'state' || event.kind === 'delta') this.#saver.markChanged()
      yield event
    }
  }

  #nextEvent(nowMs: number): WatcherEvent | undefined {
    if (this.#phase === 'lost' && !this.#isLossReported && this.#loss !== undefined) {
      this.#isLossReported = true
      return { kind: 'lost', ...this.#loss }
    }
    if (this.#isListing && this.#objects.hasChanges) {
      return { kind: 'partial', ...this.#objects.takeChanges() }
    }
    const asOf = this.#asOf
    if (this.#phase !== 'live' || asOf === undefined) return undefined
    const isDue = nowMs - this.#reportedAtMs >= confirmEveryMs
    if (this.#isStateReported && !this.#objects.hasChanges && !isDue) return undefined
    this.#reportedAtMs = nowMs
    const problem = this.#unreadable.values().next().value ?? this.#saver.problem
    const changes = this.#objects.takeChanges()
    if (this.#isStateReported) return { kind: 'delta', asOf, ...changes, problem }
    this.#isStateReported = true
    return { kind: 'state', asOf, components: changes.components, objects: this.#objects.objects(), problem }
  }

  async #follow(signal: AbortSignal): Promise<never> {
    const { connection, plan } = this.#input
    for (let failures = 1; ; failures += 1) {
      try {
        const client = await openCluster(connection)
        try {
          await followTargets(client, plan.targets, this.#observer(), signal)
        } finally {
          await client.close()
        }
      } catch (error) {
        signal.throwIfAborted()
        if (this.#phase === 'live') failures = 1
        const problem = reportProblem(error)
        this.#lose(problem)
        await delay(retryMs(failures, problem.code), undefined, { signal })
      }
    }
  }

  /** For one connection. */
  #observer(): TargetObserver {
    let isComplete = false
    /** The known state is current. */
    const confirm = (): void => {
      if (!isComplete) return
      this.#asOf = new Date().toISOString()
      this.#saver.confirm(this.#asOf)
      if (this.#phase !== 'live') this.#reportedAtMs = 0
      this.#phase = 'live'
      if (Date.now() - this.#reportedAtMs >= confirmEveryMs) this.#changes.notify()
    }
    return {
      onObjects: (target, objects) => {
        const nowMs = Date.now()
        for (const object of objects) this.#objects.put(target, object, nowMs)
        this.#isListing = !isComplete
        this.#changes.notify()
      },
      onDeleted: (target, object) => {
        this.#objects.remove(target, object.metadata.uid ?? '')
        this.#changes.notify()
      },
      onListed: (target, uids) => {
        this.#objects.retain(target, uids)
        this.#unreadable.delete(targetKey(target))
        this.#changes.notify()
      },
      onUnreadable: (target, problem) => {
        this.#objects.setUnreadable(target, `${target.kind} cannot be read: ${problem.message}`)
        this.#unreadable.set(targetKey(target), problem)
        this.#changes.notify()
      },
      onReadable: (target) => {
        this.#objects.setReadable(target)
        this.#unreadable.delete(targetKey(target))
        this.#changes.notify()
      },
      onConfirmed: confirm,
      onUnresponsive: (problem) => this.#lose(problem),
      onComplete: () => {
        isComplete = true
        this.#isListing = false
        this.#isStateReported = false
        confirm()
        this.#changes.notify()
      },
    }
  }

  /** A continuing loss is reported once, unless its reason changes. */
  #lose(problem: ProblemReport): void {
    if (this.#phase !== 'lost' || this.#loss?.problem.message !== problem.message) {
      this.#loss = { at: new Date().toISOString(), problem }
      this.#isLossReported = false
    }
    this.#phase = 'lost'
    this.#changes.notify()
  }

  /** Time alone turns "not scheduled yet" into "unschedulable", and ends the display of a restart. */
  async #recheck(signal: AbortSignal): Promise<never> {
    for (;;) {
      await delay(recheckEveryMs, undefined, { signal })
      const nowMs = Date.now()
      if ((this.#objects.nextRecheckMs() ?? Number.POSITIVE_INFINITY) > nowMs) continue
      this.#objects.recheck(nowMs)
      this.#changes.notify()
    }
  }
}
