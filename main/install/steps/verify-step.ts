import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { sayWaiting } from '../observe/waiting.ts'
import type { PlannedRelease } from '../plan/desired.ts'
import { lookAtRelease } from './progress.ts'
import { lookEveryMs, type Run, type StepResult } from './run.ts'

const verifyLimitMs = 120_000
const releasesAtOnce = 4

/** Helm calls some things ready that are not (a load balancer without an address): looks once more at all of it. */
export async function verify(
  run: Run,
  step: string,
  targets: readonly PlannedRelease[],
  signal: AbortSignal,
): Promise<StepResult> {
  const end = Date.now() + verifyLimitMs
  for (;;) {
    const waiting = (await inParallel(targets, releasesAtOnce, ({ name }) => lookAtRelease(run, name, signal))).flat()
    run.handle.waitingOn(step, waiting)
    if (waiting.length === 0) return { changed: true, message: 'All workloads are ready.' }
    if (Date.now() > end) {
      const [first] = waiting
      const said = first ? `${first.object.kind} ${first.object.name}: ${first.why}` : ''
      throw new Problem(
        'STEP_TIMED_OUT',
        `Not all is ready after ${verifyLimitMs / 1_000} s: ${said}`,
        sayWaiting(waiting),
      )
    }
    await sleep(lookEveryMs, undefined, { signal })
  }
}
