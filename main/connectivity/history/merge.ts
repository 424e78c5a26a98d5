import type { ConnectivityReport } from '../../../preload/contract/connectivity.ts'
import { vantageKey } from '../../../preload/vantages.ts'

/** Results of other vantages are shown beside a new run for this long; the network may have changed since older ones. */
const carryMs = 24 * 3_600_000

/**
 * The latest report after a run of all endpoints: the run, with results of the last 24 hours from vantages that it did not
 * use, for endpoints that still exist. If there are such results, the report gets the id `runId`. Pure.
 */
export function mergeRun(
  latest: ConnectivityReport | null,
  run: ConnectivityReport,
  runId: string,
): ConnectivityReport {
  if (latest === null) return run
  const used = new Set(run.vantages.map(({ vantage }) => vantageKey(vantage)))
  const endpoints = new Set(run.results.map(({ endpoint }) => endpoint))
  const recentVantages = vantagesCheckedSince(latest, Date.parse(run.startedAt) - carryMs)
  const carried = latest.results.filter(
    ({ endpoint, vantage }) =>
      endpoints.has(endpoint) && !used.has(vantageKey(vantage)) && recentVantages.has(vantageKey(vantage)),
  )
  if (carried.length === 0) return run
  const carriedVantages = new Set(carried.map(({ vantage }) => vantageKey(vantage)))
  return {
    ...run,
    runId,
    vantages: [...run.vantages, ...latest.vantages.filter(({ vantage }) => carriedVantages.has(vantageKey(vantage)))],
    results: [...run.results, ...carried],
    findings: [
      ...run.findings,
      ...latest.findings.filter((finding) =>
        finding.vantages.every((vantage) => carriedVantages.has(vantageKey(vantage))),
      ),
    ],
  }
}

/** The vantages with at least one check since then. */
function vantagesCheckedSince({ results }: ConnectivityReport, sinceMs: number): ReadonlySet<string> {
  return new Set(
    results
      .filter(({ stages }) => stages.some(({ at }) => at !== '' && Date.parse(at) >= sinceMs))
      .map(({ vantage }) => vantageKey(vantage)),
  )
}
