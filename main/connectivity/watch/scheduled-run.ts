import type {
  Change,
  CheckEvent,
  Comparison,
  ConnectivityReport,
  Result,
  VantageRequest,
} from '../../../preload/contract/connectivity.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { mergeRecheck } from '../../../preload/findings.ts'
import { cellKey, requestOf, uniqueVantages } from '../../../preload/vantages.ts'
import { compare, isNews } from '../history/compare.ts'
import { isOfVantage } from '../history/verdicts.ts'
import { evidence } from '../probe/evidence.ts'

/** The options of a check. */
export interface CheckRequest {
  /** Absent: all endpoints. */
  readonly endpoints?: readonly string[] | undefined
  /** Absent: from this computer. */
  readonly from?: readonly VantageRequest[] | undefined
  readonly holdSeconds?: number | undefined
}

export type Check = (request: CheckRequest, signal: AbortSignal) => AsyncIterable<CheckEvent>

/** The report that a run's first check is compared with; undefined if there is none. */
export type BaselineFor = (first: ConnectivityReport) => Promise<ConnectivityReport | undefined>

export interface ScheduledRun {
  readonly report: ConnectivityReport
  /** With the baseline; undefined without one. */
  readonly comparison: Comparison | undefined
}

/**
 * Makes one run of a schedule. What changed since the baseline is rechecked immediately, before it is reported: a lost packet
 * is no change. The recheck's result replaces the first one, and its evidence mentions the first.
 */
export async function runScheduledCheck(
  check: Check,
  request: CheckRequest,
  baselineFor: BaselineFor,
  signal: AbortSignal,
): Promise<ScheduledRun> {
  const first = await reportOf(check(request, signal))
  const baseline = await baselineFor(first)
  if (baseline === undefined) return { report: first, comparison: undefined }
  const comparison = compare(baseline, first)
  const news = comparison.changes.filter(isNews)
  if (news.length === 0) return { report: first, comparison }
  const recheck = await reportOf(check(recheckRequest(news, request.holdSeconds), signal))
  const report = withRecheck(first, recheck, new Set(news.map(cellKey)))
  return { report, comparison: compare(baseline, report) }
}

/** Only the endpoints that changed, from the vantages where they did. Pure. */
function recheckRequest(news: readonly Change[], holdSeconds: number | undefined): CheckRequest {
  const isIdleCut = ({ before, after }: Change): boolean => [before?.cause, after?.cause].includes('idle.cut')
  return {
    endpoints: [...new Set(news.map(({ endpoint }) => endpoint))],
    from: uniqueVantages(news.map(({ vantage }) => vantage)).map(requestOf),
    holdSeconds: news.some(isIdleCut) ? holdSeconds : 0,
  }
}

async function reportOf(events: AsyncIterable<CheckEvent>): Promise<ConnectivityReport> {
  for await (const event of events) if (event.kind === 'finished') return event.report
  throw new Problem('INTERNAL', 'The check ended without a report.')
}

/** The report of the first check, with the results of the recheck for the given cells. Pure. */
function withRecheck(
  first: ConnectivityReport,
  recheck: ConnectivityReport,
  cells: ReadonlySet<string>,
): ConnectivityReport {
  const firstResults = new Map(first.results.map((result) => [cellKey(result), result]))
  const results = recheck.results
    .filter((result) => cells.has(cellKey(result)) && !isOfVantage(result.cause))
    .map((result) => withFirstResult(result, firstResults.get(cellKey(result))))
  return { ...mergeRecheck(first, { ...recheck, vantages: [], results, findings: [] }), runId: first.runId }
}

const pastTense: Readonly<Record<Result['verdict'], string>> = {
  pass: 'passed',
  warn: 'had a warning',
  fail: 'failed',
  skipped: 'was skipped',
  unknown: 'was unknown',
}

/** Adds a different first result to the evidence of the last stage that was tried. Pure. */
function withFirstResult(result: Result, first: Result | undefined): Result {
  if (first === undefined || (first.verdict === result.verdict && first.cause === result.cause)) return result
  const lastTried = result.stages.findLast(({ at }) => at !== '')
  const note = firstResultNote(first)
  return {
    ...result,
    stages: result.stages.map((stage) =>
      stage === lastTried ? { ...stage, evidence: evidence(stage.evidence, note) } : stage,
    ),
  }
}

function firstResultNote({ verdict, cause, stages }: Result): string {
  const at = stages.find((stage) => stage.at !== '')?.at ?? ''
  const when = at === '' ? '' : `, at ${at}`
  return `In the first check of this run${when}, it ${pastTense[verdict]}${cause === '' ? '' : `: ${cause}`}.`
}
