import { setTimeout as sleep } from 'node:timers/promises'
import type { WaitingOn } from '../../../preload/contract/operations.ts'
import { takeSnapshot } from '../observe/snapshot.ts'
import { waitingOn } from '../observe/waiting.ts'
import { pollIntervalMs, type Run } from './run.ts'

const namespacesOf = (run: Run, release: string): string[] => {
  const objects = run.objectsOf(release)
  return [...new Set(objects.flatMap(({ namespace }) => namespace ?? []))]
}

/** The objects of a release that are not ready, read from the cluster. */
async function releaseWaitingOn(run: Run, release: string, signal: AbortSignal): Promise<WaitingOn[]> {
  const snapshot = await takeSnapshot(run.client, namespacesOf(run, release), signal)
  return waitingOn(run.objectsOf(release), snapshot, Date.now())
}

/** The same without hooks: whether one succeeded is helm's to say, and one that failed may be left from an earlier revision. */
export async function workloadsWaitingOn(run: Run, release: string, signal: AbortSignal): Promise<WaitingOn[]> {
  const snapshot = await takeSnapshot(run.client, namespacesOf(run, release), signal)
  const workloads = run.objectsOf(release).filter(({ isHook }) => !isHook)
  return waitingOn(workloads, snapshot, Date.now())
}

/**
 * Runs `act` and reports, once a second, which objects of the release are not ready.
 * If `act` fails, the last report comes back with the failure.
 */
export async function whileReportingProgress(
  run: Run,
  step: string,
  release: string,
  act: () => Promise<void>,
  signal: AbortSignal,
): Promise<{ readonly failure?: unknown; readonly waiting: readonly WaitingOn[] }> {
  const stop = new AbortController()
  const limit = AbortSignal.any([signal, stop.signal])
  let waiting: readonly WaitingOn[] = []
  const polling = (async () => {
    while (!limit.aborted) {
      await sleep(pollIntervalMs, undefined, { signal: limit })
      // Helm decides whether an unreachable cluster is an error; the last report stays.
      const latest = await releaseWaitingOn(run, release, limit).catch(() => undefined)
      if (latest === undefined || limit.aborted) continue
      waiting = latest
      run.handle.waitingOn(step, latest)
    }
  })().catch(() => undefined) // the sleep was aborted
  try {
    await act()
    return { waiting }
  } catch (failure) {
    return { failure, waiting }
  } finally {
    stop.abort()
    await polling
    run.handle.waitingOn(step, [])
  }
}
