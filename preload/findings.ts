import type { ConnectivityReport, Finding, Result } from './contract/connectivity.ts'
import { cellKey, vantageKey } from './vantages.ts'

/** What a run of some endpoints leaves of earlier findings, for saved reports and the window alike. Pure. */

interface Before {
  readonly startedAt: string
  readonly results: readonly Result[]
  readonly findings: readonly Finding[]
}

interface Recheck {
  readonly results: readonly Result[]
  readonly findings: readonly Finding[]
}

/** The findings of a recheck, then those of the results before it that the recheck does not contradict. */
export function findingsAfterRecheck(before: Before, recheck: Recheck): Finding[] {
  const earlier = new Map(before.results.map((result) => [cellKey(result), result]))
  const fresh = new Map(recheck.results.map((result) => [cellKey(result), result]))
  const stillValid = before.findings.flatMap((finding) => validPart(finding, before.startedAt, earlier, fresh) ?? [])
  return [...recheck.findings, ...stillValid]
}

/** The finding without endpoints whose cause changed; undefined if it is no longer one: it needs two endpoints. */
function validPart(
  finding: Finding,
  startedAt: string,
  earlier: ReadonlyMap<string, Result>,
  fresh: ReadonlyMap<string, Result>,
): Finding | undefined {
  const cells = finding.endpoints.flatMap((endpoint) =>
    finding.vantages.map((vantage) => ({ endpoint, vantage })).filter((cell) => earlier.has(cellKey(cell))),
  )
  const rechecked = cells.filter((cell) => fresh.has(cellKey(cell)))
  if (rechecked.length === 0) return finding
  const unchanged = cells.filter((cell) => {
    const current = fresh.get(cellKey(cell))
    return current === undefined || current.cause === earlier.get(cellKey(cell))?.cause
  })
  // All of its endpoints were rechecked: the new findings cover them.
  if (rechecked.length === cells.length || unchanged.length < 2) return undefined
  if (unchanged.length === cells.length) return finding
  return {
    ...finding,
    endpoints: finding.endpoints.filter((each) => unchanged.some(({ endpoint }) => endpoint === each)),
    vantages: finding.vantages.filter((each) => unchanged.some(({ vantage }) => vantage === each)),
    evidence: `At ${startedAt}, before some of its endpoints were rechecked: ${finding.evidence}`,
  }
}

/**
 * The latest report after a recheck of some endpoints: their new results, and the earlier results of the others. It starts
 * when the earlier report started and ends when the recheck ended. Pure.
 */
export function mergeRecheck(latest: ConnectivityReport, recheck: ConnectivityReport): ConnectivityReport {
  const fresh = new Map(recheck.results.map((result) => [cellKey(result), result]))
  const replaced = latest.results.map((result) => fresh.get(cellKey(result)) ?? result)
  const known = new Set(latest.results.map(cellKey))
  return {
    schemaVersion: 2,
    runId: recheck.runId,
    startedAt: latest.startedAt,
    endedAt: recheck.endedAt,
    vantages: withOutcomes(latest.vantages, recheck.vantages),
    results: [...replaced, ...recheck.results.filter((result) => !known.has(cellKey(result)))],
    findings: findingsAfterRecheck(latest, recheck),
  }
}

function withOutcomes(
  before: ConnectivityReport['vantages'],
  after: ConnectivityReport['vantages'],
): ConnectivityReport['vantages'] {
  const all = new Map([...before, ...after].map((outcome) => [vantageKey(outcome.vantage), outcome]))
  return [...all.values()]
}
