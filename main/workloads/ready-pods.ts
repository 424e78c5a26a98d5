import type { ObjectStatus } from '../../preload/contract/workloads.ts'

/** Kinds that maintain a number of pods. */
const kindsWithReplicas = new Set(['ReplicaSet', 'StatefulSet', 'DaemonSet'])

/**
 * The ready pods of each owner, from the pods themselves. The owner's own count is updated later, and misses a pod that
 * was killed and replaced quickly.
 */
export class ReadyPods {
  /** uids of ready pods by owner. An empty set: there were some. */
  readonly #ready = new Map<string, Set<string>>()
  readonly #outageSinceMs = new Map<string, number>()

  setReady(owner: string, pod: string, isReady: boolean): void {
    const pods = this.#ready.get(owner)
    if (!isReady) pods?.delete(pod)
    else if (pods === undefined) this.#ready.set(owner, new Set([pod]))
    else pods.add(pod)
  }

  forget(owner: string): void {
    this.#ready.delete(owner)
    this.#outageSinceMs.delete(owner)
  }

  /** The status of an owner that should have pods, had ready ones, and has none now. */
  outageOf(
    owner: string,
    { kind, health, total = 0 }: ObjectStatus,
    nowMs: number,
  ): Pick<ObjectStatus, 'health' | 'reason' | 'since'> | undefined {
    // After scaling to zero, the next pods are a start and not a recovery.
    if (total === 0) this.forget(owner)
    const pods = this.#ready.get(owner)
    const isOutage =
      kindsWithReplicas.has(kind) && pods?.size === 0 && (health === 'healthy' || health === 'progressing')
    if (!isOutage) {
      this.#outageSinceMs.delete(owner)
      return undefined
    }
    const atMs = this.#outageSinceMs.get(owner) ?? nowMs
    this.#outageSinceMs.set(owner, atMs)
    const reason =
      total === 1 ? 'Its last ready pod was deleted' : `All ${total} of its pods were ready and none is now`
    return { health: 'degraded', reason, since: new Date(atMs).toISOString() }
  }
}
