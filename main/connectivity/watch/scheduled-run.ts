import type {
  CheckEvent,
  Comparison,
  ConnectivityReport,
  Result,
  VantageRequest,
} from '../../../preload/contract/connectivity.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { cellKey, requestOf, uniqueVantages } from '../../../preload/vantages.ts'
import { compare, isNews } from '../history/compare.ts'
import { withPart } from '../history/merge.ts'
import { isOfVantage } from '../history/verdicts.ts'
import { evidence } from '../probe/evidence.ts'

/** The options of a check. */
export interface Asked {
  /** Only these rows; absent: all. */
  readonly endpoints?: readonly string[] | undefined
  /** Absent: from this computer. */
  readonly from?: readonly VantageRequest[] | undefined
  readonly holdSeconds?: number | undefined
}

export type Check = (asked: Asked, signal: AbortSignal) => AsyncIterable<CheckEvent>

/** What the first check is compared with; undefined for nothing. */
export type Before = (first: ConnectivityReport) => Promise<ConnectivityReport | undefined>

export interface Looked {
  readonly report: ConnectivityReport
  /** With what was before; undefined when there was nothing. */
  readonly comparison: Comparison | undefined
}

/**
 * One run of a schedule. What changed since `before` is rechecked immediately, before it is reported: a lost packet is no change.
 * The recheck's result replaces the first one, and its evidence mentions the first.
 */
export async function look(check: Check, asked: Asked, before: Before, signal: AbortSignal): Promise<Looked> {
  const first = await reportOf(check(asked, signal))
  const earlier = await before(first)
  if (earlier === undefined) return { report: first, comparison: undefined }
  const news = compare(earlier, first).changes.filter(isNews)
  if (news.length === 0) return { report: first, comparison: compare(earlier, first) }
  const again = await reportOf(
    check(
      {
        endpoints: [...new Set(news.map(({ endpoint }) => endpoint))],
        from: uniqueVantages(news.map(({ vantage }) => vantage)).map(requestOf),
        holdSeconds: news.some(({ before: was, after }) => [was?.cause, after?.cause].includes('idle.cut'))
          ? asked.holdSeconds
          : 0,
      },
      signal,
    ),
  )
  const report = settled(first, again, new Set(news.map(cellKey)))
  return { report, comparison: compare(earlier, report) }
}

async function reportOf(events: AsyncIterable<CheckEvent>): Promise<ConnectivityReport> {
  for await (const event of events) if (event.kind === 'finished') return event.report
  throw new Problem('INTERNAL', 'The check ended without a report.')
}

/** The first check, with the results of the recheck in its cells. Pure. */
function settled(first: ConnectivityReport, again: ConnectivityReport, cells: ReadonlySet<string>): ConnectivityReport {
  const was = new Map(first.results.map((result) => [cellKey(result), result]))
  const results = again.results
    .filter((result) => cells.has(cellKey(result)) && !isOfVantage(result.cause))
    .map((result) => withFirstResult(result, was.get(cellKey(result))))
  return { ...withPart(first, { ...again, vantages: [], results, findings: [] }), runId: first.runId }
}

const firstWords = {
  pass: 'passed',
  warn: 'had a warning',
  fail: 'failed',
  skipped: 'was skipped',
  unknown: 'was unknown',
}

function withFirstResult(result: Result, first: Result | undefined): Result {
  if (first === undefined || (first.verdict === result.verdict && first.cause === result.cause)) return result
  const tried = result.stages.findLast(({ at }) => at !== '')
  const at = first.stages.find((stage) => stage.at !== '')?.at ?? ''
  const note = `The first check of this run${at === '' ? '' : `, at ${at}`}, it ${firstWords[first.verdict]}${first.cause === '' ? '' : `: ${first.cause}`}.`
  return {
    ...result,
    stages: result.stages.map((stage) =>
      stage === tried ? { ...stage, evidence: evidence(stage.evidence, note) } : stage,
    ),
  }
}
