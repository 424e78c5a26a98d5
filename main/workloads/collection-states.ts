import { targetKey, type WatchTarget } from './watch-plan.ts'

/** A state that the API server has not confirmed for this long is not shown as current. Within 15 s with a heartbeat's delay. */
export const currentForMs = 13_000

interface CollectionState {
  readonly target: WatchTarget
  /** When the API server last confirmed what is known. */
  confirmedAtMs?: number
  /** The first failure, where nothing was ever confirmed. */
  failedAtMs?: number
  isUnreadable: boolean
}

/** Which collections are current, by when each was last confirmed. Times are those of `performance.now()`. */
export class CollectionStates {
  readonly #states: ReadonlyMap<string, CollectionState>
  readonly #unsettled: Set<string>

  constructor(targets: readonly WatchTarget[]) {
    this.#states = new Map(targets.map((target) => [targetKey(target), { target, isUnreadable: false }]))
    this.#unsettled = new Set(this.#states.keys())
  }

  /** Every collection was listed, or is unreadable. */
  get isComplete(): boolean {
    return this.#unsettled.size === 0
  }

  /** The collection was listed, which tells all of it. */
  listed(target: WatchTarget, nowMs: number): void {
    this.#unsettled.delete(targetKey(target))
    this.confirmed(target, nowMs)
  }

  /** What is known is current. Returns whether the collection was unreadable before. */
  confirmed(target: WatchTarget, nowMs: number): boolean {
    const state = this.#states.get(targetKey(target))
    if (state === undefined) return false
    const wasUnreadable = state.isUnreadable
    state.confirmedAtMs = nowMs
    state.isUnreadable = false
    return wasUnreadable
  }

  /** An attempt failed, which says nothing about the collection yet. */
  failed(target: WatchTarget, nowMs: number): void {
    const state = this.#states.get(targetKey(target))
    if (state !== undefined) state.failedAtMs ??= nowMs
  }

  unreadable(target: WatchTarget): void {
    const state = this.#states.get(targetKey(target))
    if (state !== undefined) state.isUnreadable = true
    this.#unsettled.delete(targetKey(target))
  }

  /** Collections that are no longer current, without those that are known to be unreadable. */
  overdue(nowMs: number): WatchTarget[] {
    return [...this.#states.values()]
      .filter(({ isUnreadable, confirmedAtMs, failedAtMs }) => {
        const sinceMs = confirmedAtMs ?? failedAtMs
        return !isUnreadable && sinceMs !== undefined && nowMs - sinceMs > currentForMs
      })
      .map(({ target }) => target)
  }
}
