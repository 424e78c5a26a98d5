import { setTimeout as delay } from 'node:timers/promises'
import { Problem, type ProblemReport, reportProblem } from '../../preload/contract/problem.ts'
import { Semaphore } from '../lib/concurrency/semaphore.ts'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { orAbort } from '../lib/kubernetes/or-abort.ts'
import type { KubernetesObject } from '../lib/kubernetes/resources.ts'
import type { ReflectorLimits } from '../lib/kubernetes/watch.ts'
import { type CollectionStates, currentForMs } from './collection-states.ts'
import type { TargetObserver } from './target-observer.ts'
import type { WatchTarget } from './watch-plan.ts'

/** Lists that run at once, also when every collection has to be listed again. */
const listsAtOnce = 4
/** Watches that are open at once where each has a connection. A plane with more collections watches them in turns. */
export const watchesAtOnce = 240
/** A watch ends after this and begins again, so that a half-open one is noticed. */
const usualTurnSeconds = 8
/** Watches that begin within a second, at most, where all collections are watched at once. */
const beginsPerSecond = 30
/** Streams for other uses than watches. */
const sparedStreams = 16
/** Where collections take turns, each has one within this time. */
const roundSeconds = 11
/** After the API server responds again, its collections have this long to be confirmed before they count as unreadable. */
const recoveryLimitMs = 15_000
/** When the API server responds again, the collections continue within this time, not all at once. */
const resumeSpreadMs = { least: 500, each: 4, most: 7_000 }

/** One cluster while its collections are followed: what they share, and which of them are current. */
export class FollowedCluster {
  readonly client: KubernetesClient
  readonly limits: ReflectorLimits
  readonly #watchesAtOnce: number
  readonly #states: CollectionStates
  readonly #observer: TargetObserver
  #collections = 0
  #isConfirmedByPings = false
  #isComplete = false
  /** Pending while the API server does not respond. */
  #responding: PromiseWithResolvers<void> | undefined
  /** When it responded again, until the collections are confirmed. */
  #recoveredMs: number | undefined

  /** `streamsAtOnce`: of the client. */
  constructor(client: KubernetesClient, streamsAtOnce: number, states: CollectionStates, observer: TargetObserver) {
    this.client = client
    this.#watchesAtOnce = Math.max(1, Math.min(streamsAtOnce - sparedStreams, streamsAtOnce))
    this.#states = states
    this.#observer = observer
    this.limits = {
      lists: new Semaphore(listsAtOnce),
      watches: new Semaphore(this.#watchesAtOnce),
      ready: async (signal) => {
        if (this.#responding === undefined) return
        await orAbort(this.#responding.promise, signal)
        const { least, each, most } = resumeSpreadMs
        const spreadMs = Math.min(most, Math.max(least, each * this.#collections))
        await delay(Math.random() * spreadMs, undefined, { signal })
      },
    }
  }

  setResponding(isResponding: boolean): void {
    if (isResponding && this.#responding !== undefined) {
      this.#recoveredMs = performance.now()
      this.#responding.resolve()
    }
    this.#responding = isResponding ? undefined : (this.#responding ?? Promise.withResolvers())
  }

  /** Whether the API server responds again, and collections are still to be confirmed. */
  isRecovering(nowMs: number): boolean {
    if (this.#recoveredMs === undefined) return false
    const isOver = nowMs - this.#recoveredMs > recoveryLimitMs || this.#states.overdue(nowMs).length === 0
    if (isOver) this.#recoveredMs = undefined
    return !isOver
  }

  /** A collection is watched from now on, or no longer. */
  countWatched(change: 1 | -1): void {
    this.#collections += change
  }

  /** How long the next watch of a collection lasts. */
  watchSeconds(): number {
    return turnSeconds(this.#collections, this.#watchesAtOnce)
  }

  /**
   * Whether a connection that answers a ping confirms the collections that are watched over it. Otherwise the end of a watch
   * does, which also shows that nothing on the way has dropped this one watch: where that is affordable.
   */
  get isConfirmedByPings(): boolean {
    // Does not change back: the long watches that have begun confirm nothing else.
    this.#isConfirmedByPings ||= this.#collections > watchesAtOnce && this.#watchesAtOnce > watchesAtOnce
    return this.#isConfirmedByPings
  }

  put(target: WatchTarget, objects: readonly KubernetesObject[]): void {
    this.#observer.onObjects(target, objects)
  }

  delete(target: WatchTarget, object: KubernetesObject): void {
    this.#observer.onDeleted(target, object)
  }

  /** All pages show the collection as it was at the first one. */
  listed(target: WatchTarget, uids: ReadonlySet<string>, firstPageMs: number): void {
    this.#states.listed(target, firstPageMs)
    this.#observer.onListed(target, uids)
    this.#settle()
  }

  confirmed(target: WatchTarget): void {
    if (this.#states.confirmed(target, performance.now())) this.#observer.onReadable(target)
  }

  failed(target: WatchTarget): void {
    this.#states.failed(target, performance.now())
  }

  unreadable(target: WatchTarget, problem: ProblemReport): void {
    this.#states.unreadable(target)
    this.#observer.onUnreadable(target, problem)
    this.#settle()
  }

  /** Collections that nothing confirms any more count as unreadable, unless the API server itself does not respond. */
  endOverdue(nowMs: number): void {
    if (this.#responding !== undefined || this.isRecovering(nowMs)) return
    for (const target of this.#states.overdue(nowMs)) {
      const message = `The API server has not confirmed its state for ${currentForMs / 1_000} s.`
      this.unreadable(target, reportProblem(new Problem('TIMED_OUT', message)))
    }
  }

  #settle(): void {
    if (this.#isComplete || !this.#states.isComplete) return
    this.#isComplete = true
    this.#observer.onComplete()
  }
}

/**
 * Seconds of a watch. Where these collections share fewer open watches, each has its turn while its state is current; it lasts
 * at least the shortest time that can be asked for. Otherwise few enough begin within a second. With jitter.
 */
export function turnSeconds(collections: number, atOnce: number, chance = Math.random()): number {
  const rounds = Math.ceil(collections / atOnce)
  if (rounds > 1) return Math.max(1, Math.floor(roundSeconds / rounds))
  if (collections <= watchesAtOnce) return Math.round(usualTurnSeconds * (0.75 + 0.25 * chance))
  return Math.round((collections / beginsPerSecond) * (1 + chance))
}
