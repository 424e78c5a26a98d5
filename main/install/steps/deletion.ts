import { setTimeout as sleep } from 'node:timers/promises'
import type { WaitingOn } from '../../../preload/contract/operations.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { isForbidden } from '../../lib/kubernetes/failure.ts'
import { getObject } from '../../lib/kubernetes/objects.ts'
import { isKindUnknown } from '../observe/kinds.ts'
import { listAt } from '../observe/kubernetes-object.ts'
import { sayWaiting } from '../observe/waiting.ts'
import type { Placed } from '../plan/manifest.ts'
import { lookEveryMs, type Run } from './run.ts'

const requestsAtOnce = 8

/** The object, if it is there and being deleted. What this user may not see does not hold anything up. */
async function whileEnding(
  run: Run,
  { apiVersion, kind, namespace, name }: Placed,
  signal: AbortSignal,
): Promise<WaitingOn[]> {
  const found = await getObject(run.client, { apiVersion, kind }, { namespace, name }, signal).catch((error) => {
    if (isForbidden(error) || isKindUnknown(error)) return undefined
    throw error
  })
  if (found?.metadata.deletionTimestamp === undefined) return []
  const held = listAt(found, 'metadata', 'finalizers').map((name) =>
    name === 'foregroundDeletion' ? 'what it owns' : name,
  )
  const why = held.length > 0 ? `being deleted; held by ${held.join(', ')}` : 'being deleted'
  return [{ object: { kind, namespace, name }, why, since: found.metadata.deletionTimestamp }]
}

/** Waits until none of the objects is being deleted any more, and tells which are. Throws STEP_TIMED_OUT. */
export async function untilEnded(
  run: Run,
  step: string,
  objects: readonly Placed[],
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + limitMs
  for (;;) {
    const waiting = (await inParallel(objects, requestsAtOnce, (object) => whileEnding(run, object, signal))).flat()
    run.handle.waitingOn(step, waiting)
    if (waiting.length === 0) return
    if (Date.now() > end) {
      const said = sayWaiting(waiting)
      throw new Problem('STEP_TIMED_OUT', `Not gone after ${limitMs / 1_000} s: ${said.split('\n')[0]}`, said)
    }
    await sleep(lookEveryMs, undefined, { signal })
  }
}
