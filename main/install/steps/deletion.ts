import { setTimeout as sleep } from 'node:timers/promises'
import type { WaitingOn } from '../../../preload/contract/operations.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { isForbidden, isKindUnknown } from '../../lib/kubernetes/failure.ts'
import { getObject } from '../../lib/kubernetes/objects.ts'
import { listAt } from '../observe/kubernetes-object.ts'
import type { NamespacedReference } from '../observe/manifest.ts'
import { formatWaiting } from '../observe/waiting.ts'
import { pollIntervalMs, type Run } from './run.ts'

const requestsAtOnce = 8

/** The object if it is being deleted. An object that this user is not permitted to read does not block. */
async function deletionOf(
  run: Run,
  { apiVersion, kind, namespace, name }: NamespacedReference,
  signal: AbortSignal,
): Promise<WaitingOn[]> {
  const object = await getObject(run.client, { apiVersion, kind }, { namespace, name }, signal).catch((error) => {
    if (isForbidden(error) || isKindUnknown(error)) return undefined
    throw error
  })
  if (object?.metadata.deletionTimestamp === undefined) return []
  const finalizers = listAt(object, 'metadata', 'finalizers').map((finalizer) =>
    finalizer === 'foregroundDeletion' ? 'its dependent objects' : `finalizer ${finalizer}`,
  )
  const why = finalizers.length > 0 ? `being deleted; waits for ${finalizers.join(', ')}` : 'being deleted'
  return [{ object: { kind, namespace, name }, why, since: object.metadata.deletionTimestamp }]
}

/** Waits until none of the objects is being deleted any more, and reports those that are. Throws STEP_TIMED_OUT. */
export async function waitUntilDeleted(
  run: Run,
  step: string,
  objects: readonly NamespacedReference[],
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + limitMs
  for (;;) {
    const waiting = (await inParallel(objects, requestsAtOnce, (object) => deletionOf(run, object, signal))).flat()
    run.handle.waitingOn(step, waiting)
    if (waiting.length === 0) return
    if (Date.now() > end) {
      const lines = formatWaiting(waiting)
      throw new Problem('STEP_TIMED_OUT', `Not deleted after ${limitMs / 1_000} s: ${lines.split('\n')[0]}`, lines)
    }
    await sleep(pollIntervalMs, undefined, { signal })
  }
}
