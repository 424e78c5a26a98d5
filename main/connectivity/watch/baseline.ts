import type { ConnectivityReport, Result, RunEntry, VantageOutcome } from '../../../preload/contract/connectivity.ts'
import { cellKey, vantageKey } from '../../../preload/vantages.ts'
import { isJudged, isOfVantage } from '../history/verdicts.ts'

/** How many earlier runs are searched for a result of an endpoint that the latest runs could not check. */
const lookBackRuns = 20

/**
 * The report that a run of a schedule is compared with: the previous run. A result that the previous run lacks because a vantage
 * was unavailable comes from the latest run that has it, so that what broke meanwhile is reported once the vantage is back.
 * Undefined before the second run. Runs that do not verify are left out: they could hide a failure, or invent one.
 */
export async function findBaseline(
  first: Pick<ConnectivityReport, 'results'>,
  entries: readonly RunEntry[],
  read: (runId: string) => Promise<ConnectivityReport | undefined>,
): Promise<ConnectivityReport | undefined> {
  const missing = new Set(first.results.filter(isJudged).map(cellKey))
  const cells = new Map<string, Result>()
  const vantages = new Map<string, VantageOutcome>()
  let previous: ConnectivityReport | undefined
  for (const { runId } of entries.filter(({ by, verified }) => by === 'watch' && verified).slice(0, lookBackRuns)) {
    const run = await read(runId)
    if (run === undefined) continue
    const isPrevious = previous === undefined
    previous ??= run
    for (const result of run.results) {
      const key = cellKey(result)
      if (isPrevious ? !isOfVantage(result.cause) : isJudged(result) && missing.has(key)) cells.set(key, result)
      if (isJudged(result)) missing.delete(key)
    }
    for (const outcome of run.vantages) {
      const key = vantageKey(outcome.vantage)
      if (!vantages.has(key)) vantages.set(key, outcome)
    }
    if (missing.size === 0) break
  }
  return previous === undefined
    ? undefined
    : { ...previous, vantages: [...vantages.values()], results: [...cells.values()] }
}
