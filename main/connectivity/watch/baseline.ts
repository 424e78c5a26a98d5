import type { ConnectivityReport, RunEntry } from '../../../preload/contract/connectivity.ts'
import { vantageKey } from '../history/verdicts.ts'

/** How many runs of a schedule are looked through for a vantage that the last ones could not look from. */
const lookBackRuns = 20

/**
 * What a run of the schedule is compared with: the run before it; and, where that one could not look from a vantage, the
 * last one that could, so that what broke meanwhile is told when the vantage is back. Undefined before the second run.
 */
export async function baseline(
  first: Pick<ConnectivityReport, 'vantages'>,
  entries: readonly RunEntry[],
  read: (runId: string) => Promise<ConnectivityReport | undefined>,
): Promise<ConnectivityReport | undefined> {
  const wanted = new Set(first.vantages.map(({ vantage }) => vantageKey(vantage)))
  let found: ConnectivityReport | undefined
  for (const { runId } of entries.filter(({ by }) => by === 'watch').slice(0, lookBackRuns)) {
    const run = await read(runId)
    if (run === undefined) continue
    const columns = run.vantages.filter(
      ({ vantage, state }) => state !== 'failed' && wanted.delete(vantageKey(vantage)),
    )
    const keys = new Set(columns.map(({ vantage }) => vantageKey(vantage)))
    const results = run.results.filter(({ vantage }) => keys.has(vantageKey(vantage)))
    found =
      found === undefined
        ? { ...run, vantages: columns, results }
        : { ...found, vantages: [...found.vantages, ...columns], results: [...found.results, ...results] }
    if (wanted.size === 0) break
  }
  return found
}
