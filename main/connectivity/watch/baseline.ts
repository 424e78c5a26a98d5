import type { ConnectivityReport, Result, RunEntry, VantageOutcome } from '../../../preload/contract/connectivity.ts'
import { cellKey, vantageKey } from '../../../preload/vantages.ts'
import { isJudged, isOfVantage } from '../history/verdicts.ts'

/** How many earlier runs are searched for a result of an endpoint that the latest runs could not check. */
const lookBackRuns = 20

/**
 * What a run of the schedule is compared with: the run before it; and, where that one could find nothing out about a row (its
 * vantage could not look), the last one that could, so that what broke meanwhile is told when the vantage is back. Undefined
 * before the second run.
 */
export async function baseline(
  first: Pick<ConnectivityReport, 'results'>,
  entries: readonly RunEntry[],
  read: (runId: string) => Promise<ConnectivityReport | undefined>,
): Promise<ConnectivityReport | undefined> {
  const wanted = new Set(first.results.filter(isJudged).map(cellKey))
  const cells = new Map<string, Result>()
  const vantages = new Map<string, VantageOutcome>()
  let newest: ConnectivityReport | undefined
  for (const { runId } of entries.filter(({ by }) => by === 'watch').slice(0, lookBackRuns)) {
    const run = await read(runId)
    if (run === undefined) continue
    const isNewest = newest === undefined
    newest ??= run
    for (const result of run.results) {
      const key = cellKey(result)
      if (isNewest ? !isOfVantage(result.cause) : isJudged(result) && wanted.has(key)) cells.set(key, result)
      if (isJudged(result)) wanted.delete(key)
    }
    for (const outcome of run.vantages) {
      const key = vantageKey(outcome.vantage)
      if (!vantages.has(key)) vantages.set(key, outcome)
    }
    if (wanted.size === 0) break
  }
  return newest === undefined
    ? undefined
    : { ...newest, vantages: [...vantages.values()], results: [...cells.values()] }
}
