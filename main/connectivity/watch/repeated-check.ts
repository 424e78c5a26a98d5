import { setTimeout as delay } from 'node:timers/promises'
import type { ConnectivityReport, RepeatedRun } from '../../../preload/contract/connectivity.ts'
import { reportProblem } from '../../../preload/contract/problem.ts'
import { headOf } from '../history/run-file.ts'
import { findBaseline } from './baseline.ts'
import type { BaselineFor, ScheduledRun } from './scheduled-run.ts'

/** Reports held in memory, for the results of a vantage from before it was unreachable for a while. */
const heldReports = 20
const shortestPauseMs = 1_000

/**
 * Runs a check at an interval until abort, and compares each run with those before it. Throws if the first run cannot be made;
 * a later failure is yielded, since the next run may succeed.
 */
export async function* repeatCheck(
  run: (baselineFor: BaselineFor) => Promise<ScheduledRun>,
  everyMs: number,
  signal: AbortSignal,
): AsyncGenerator<RepeatedRun> {
  const earlier: ConnectivityReport[] = []
  const baselineFor: BaselineFor = (first) =>
    findBaseline(
      first,
      earlier.map((report) => ({ ...headOf(report, 'watch'), verified: true })),
      async (runId) => earlier.find((report) => report.runId === runId),
    )
  while (!signal.aborted) {
    const startedMs = performance.now()
    try {
      const { report, comparison = null } = await run(baselineFor)
      earlier.unshift(report)
      earlier.length = Math.min(earlier.length, heldReports)
      yield { kind: 'run', report, comparison }
    } catch (error) {
      if (signal.aborted) return
      if (earlier.length === 0) throw error
      yield { kind: 'failed', problem: reportProblem(error) }
    }
    const leftMs = Math.max(shortestPauseMs, everyMs - (performance.now() - startedMs))
    await delay(leftMs, undefined, { signal }).catch(() => undefined)
  }
}
