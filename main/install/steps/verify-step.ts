import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import type { PlannedRelease } from '../installation.ts'
import { formatWaiting } from '../observe/waiting.ts'
import { workloadsWaitingOn } from './progress.ts'
import { pollIntervalMs, type Run, type StepOutcome } from './run.ts'

const verifyLimitMs = 120_000
const releasesAtOnce = 4

/** Waits until all releases are ready: helm accepts some objects that are not, such as a load balancer without an address. */
export async function verify(
  run: Run,
  step: string,
  releases: readonly PlannedRelease[],
  signal: AbortSignal,
): Promise<StepOutcome> {
  const end = Date.now() + verifyLimitMs
  for (;;) {
    const waiting = (
      await inParallel(releases, releasesAtOnce, ({ name }) => workloadsWaitingOn(run, name, signal))
    ).flat()
    run.handle.waitingOn(step, waiting)
    if (waiting.length === 0) return { changed: true, message: 'All workloads are ready.' }
    if (Date.now() > end) {
      const lines = formatWaiting(waiting)
      throw new Problem('STEP_TIMED_OUT', `Not ready after ${verifyLimitMs / 1_000} s: ${lines.split('\n')[0]}`, lines)
    }
    await sleep(pollIntervalMs, undefined, { signal })
  }
}
