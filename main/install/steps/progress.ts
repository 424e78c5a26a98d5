import { setTimeout as sleep } from 'node:timers/promises'
import type { WaitingOn } from '../../../preload/contract/operations.ts'
import { takeSnapshot } from '../observe/snapshot.ts'
import { waitingOn } from '../observe/waiting.ts'
import { lookEveryMs, type Run } from './run.ts'

const namespacesOf = (run: Run, release: string): string[] => {
  const objects = run.objectsOf(release)
  return [...new Set(objects.flatMap(({ namespace }) => namespace ?? []))]
}

/** What a release waits for now, by what the cluster shows. */
export async function lookAtRelease(run: Run, release: string, signal: AbortSignal): Promise<WaitingOn[]> {
  const snapshot = await takeSnapshot(run.client, namespacesOf(run, release), signal)
  return waitingOn(run.objectsOf(release), snapshot, Date.now())
}

/**
 * Does something while telling what the release waits for, from the cluster, once a second.
 * Gives what it waited for last beside the failure, if it failed.
 */
export async function whileWatching(
  run: Run,
  step: string,
  release: string,
  act: () => Promise<void>,
  signal: AbortSignal,
): Promise<{ readonly failure?: unknown; readonly waiting: readonly WaitingOn[] }> {
  const stop = new AbortController()
  const limit = AbortSignal.any([signal, stop.signal])
  let waiting: readonly WaitingOn[] = []
  const watching = (async () => {
    while (!limit.aborted) {
      await sleep(lookEveryMs, undefined, { signal: limit })
      // A cluster that does not answer for a moment is helm's to judge; what was seen last stays.
      const seen = await lookAtRelease(run, release, limit).catch(() => undefined)
      if (seen === undefined || limit.aborted) continue
      waiting = seen
      run.handle.waitingOn(step, seen)
    }
  })().catch(() => undefined) // only the sleep's abort gets here
  try {
    await act()
    return { waiting }
  } catch (failure) {
    return { failure, waiting }
  } finally {
    stop.abort()
    await watching
    run.handle.waitingOn(step, [])
  }
}
