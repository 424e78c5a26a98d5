import { setTimeout as sleep } from 'node:timers/promises'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { deleteObject, listObjects } from '../../../lib/kubernetes/objects.ts'
import { isRunning } from '../../../lib/process-id.ts'
import { isLeftover, jobKind } from './leftovers.ts'
import { marks } from './manifest.ts'

/** One removal with its tries. */
const removalLimitMs = 10_000
const tries = 3
const betweenTriesMs = 500

/** What is still to be removed from clusters. A person who cancels does not wait for it; closing does. */
export class Cleanup {
  readonly #underWay = new Set<Promise<void>>()

  /** Goes on in the background, bounded; never throws: what stays ends by its own deadline and is swept by a later run. */
  add(work: (signal: AbortSignal) => Promise<unknown>): void {
    const done = this.#carryOut(work).finally(() => this.#underWay.delete(done))
    this.#underWay.add(done)
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  async #carryOut(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const limit = AbortSignal.timeout(removalLimitMs)
    for (let left = tries; left > 0 && !limit.aborted; left -= 1) {
      try {
        await work(limit)
        return
      } catch {
        if (left > 1) await sleep(betweenTriesMs, undefined, { signal: limit }).catch(() => undefined)
      }
    }
  }
}

/** Removes a probe's job; its pod and its files go with it. */
export const removeJob = (
  client: KubernetesClient,
  name: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<boolean> => deleteObject(client, jobKind, name, { propagation: 'background' }, signal)

/** Removes what runs that were killed left in a namespace: Hangar's own alone. Whoever may not look finds nothing. */
export async function removeLeftovers(
  client: KubernetesClient,
  namespace: string,
  host: string,
  signal: AbortSignal,
): Promise<void> {
  const jobs = await listObjects(client, jobKind, { namespace, labelSelector: marks.probe }, signal).catch(() => [])
  const left = jobs.filter((job) => isLeftover(job, { now: Date.now(), host, isRunning }))
  await Promise.all(left.map(({ metadata: { name } }) => removeJob(client, { namespace, name }, signal)))
}
