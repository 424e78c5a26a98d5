import type { ObjectStatus } from '../../preload/contract/workloads.ts'

/** Kinds whose number of pods is theirs to keep. */
const keepers = new Set(['ReplicaSet', 'StatefulSet', 'DaemonSet'])

/**
 * Which pods of each owner are ready, as seen in the pods themselves. An owner's own count comes later, and where its
 * replacement is quick it never tells of a pod that was killed.
 */
export class ReadyPods {
  /** Ready pods by owner. Empty: there were some. */
  readonly #ready = new Map<string, Set<string>>()
  readonly #lostAtMs = new Map<string, number>()

  count(owner: string, pod: string, isReady: boolean): void {
    const crew = this.#ready.get(owner)
    if (!isReady) crew?.delete(pod)
    else if (crew === undefined) this.#ready.set(owner, new Set([pod]))
    else crew.add(pod)
  }

  dismiss(owner: string): void {
    this.#ready.delete(owner)
    this.#lostAtMs.delete(owner)
  }

  /** What to say of an owner that had ready pods, wants some, and has none. */
  lossOf(
    owner: string,
    { kind, health, total = 0 }: ObjectStatus,
    nowMs: number,
  ): Pick<ObjectStatus, 'health' | 'reason' | 'since'> | undefined {
    // Scaled to none: the next pods are a start, not a recovery.
    if (total === 0) this.dismiss(owner)
    const crew = this.#ready.get(owner)
    const isLost = keepers.has(kind) && crew?.size === 0 && (health === 'healthy' || health === 'progressing')
    if (!isLost) {
      this.#lostAtMs.delete(owner)
      return undefined
    }
    const atMs = this.#lostAtMs.get(owner) ?? nowMs
    this.#lostAtMs.set(owner, atMs)
    const reason =
      total === 1 ? 'Its last ready pod was deleted' : `All ${total} of its pods were ready and none is now`
    return { health: 'degraded', reason, since: new Date(atMs).toISOString() }
  }
}
