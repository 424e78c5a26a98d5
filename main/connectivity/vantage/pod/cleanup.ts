import { setTimeout as sleep } from 'node:timers/promises'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { deleteObject, listObjects } from '../../../lib/kubernetes/objects.ts'
import { isRunning } from '../../../lib/process-id.ts'
import { isLeftover, jobKind } from './leftovers.ts'
import { labelKeys } from './manifest.ts'

/** For one removal, retries included. */
const removalLimitMs = 10_000
const attempts = 3
const retryDelayMs = 500

/** Removals from clusters that are still running. A cancel does not wait for them; closing Hangar does. */
export class Cleanup {
  readonly #running = new Set<Promise<void>>()

  /** Runs in the background within a time limit and never throws: what remains ends by its own deadline, and a later run removes it. */
  add(work: (signal: AbortSignal) => Promise<unknown>): void {
    const done = this.#run(work).finally(() => this.#running.delete(done))
    this.#running.add(done)
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  async #run(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const limit = AbortSignal.timeout(removalLimitMs)
    for (let left = attempts; left > 0 && !limit.aborted; left -= 1) {
      try {
        await work(limit)
        return
      } catch {
        if (left > 1) await sleep(retryDelayMs, undefined, { signal: limit }).catch(() => undefined)
      }
    }
  }
}

/** Removes a probe's Job; the cluster then removes its pod and files. */
export const removeJob = (
  client: KubernetesClient,
  name: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<boolean> => deleteObject(client, jobKind, name, { propagation: 'background' }, signal)

/** Removes Hangar's own probes that killed runs left in a namespace. Without permission to list Jobs, nothing is removed. */
export async function removeLeftovers(
  client: KubernetesClient,
  namespace: string,
  host: string,
  signal: AbortSignal,
): Promise<void> {
  const jobs = await listObjects(client, jobKind, { namespace, labelSelector: labelKeys.probe }, signal).catch(() => [])
  const leftovers = jobs.filter((job) => isLeftover(job, { now: Date.now(), host, isRunning }))
  await Promise.all(leftovers.map(({ metadata: { name } }) => removeJob(client, { namespace, name }, signal)))
}
