import type {
  ConnectivityReport,
  EndpointRow,
  Finding,
  Result,
  VantageOutcome,
} from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import { removedEndpoint } from '../../../preload/endpoint-rows.ts'
import { networkText, reproduce } from '../../../preload/network-text.ts'
import { cellKey } from '../../../preload/vantages.ts'
import { countVerdicts, decidingStage, severityOf } from '../../../preload/verdicts.ts'
import { causeEntry } from '../probe/causes.ts'

/** The input of a report: a run and the endpoints that it checked. */
export interface ReportSubject {
  /** Of the plane, the profile or the file that was checked. */
  readonly title: string
  /** Of Hangar. */
  readonly version: string
  readonly rows: readonly EndpointRow[]
  readonly report: ConnectivityReport
}

/** An endpoint that failed, has a warning or is unknown from one vantage. */
export interface Concern {
  readonly row: EndpointRow
  readonly result: Result
  /** The evidence of the deciding stage. */
  readonly why: string
  /** What the cause means in general; empty if this version does not know its code. */
  readonly meaning: string
  readonly owner: string
  /** A command for the user's own shell; empty: none. */
  readonly reproduceCommand: string
  /** For the network team; empty if only the user can act. */
  readonly networkText: string
}

/** The content of a report, in reading order. */
export interface Outline {
  readonly title: string
  readonly version: string
  readonly startedAt: string
  readonly endedAt: string
  readonly runId: string
  readonly vantages: readonly VantageOutcome[]
  readonly counts: Readonly<Record<Verdict, number>>
  readonly findings: readonly Finding[]
  readonly matrix: readonly { readonly row: EndpointRow; readonly cells: readonly (Result | undefined)[] }[]
  /** The worst first. */
  readonly concerns: readonly Concern[]
  /** Endpoints that passed or were skipped. */
  readonly others: readonly { readonly row: EndpointRow; readonly result: Result }[]
}

/** Sorts the results of a run into the sections of a report. Pure. */
export function outline({ title, version, rows, report }: ReportSubject): Outline {
  const { startedAt, endedAt, runId, vantages, results, findings } = report
  const known = new Map(rows.map((row) => [row.id, row]))
  const rowOf = (id: string): EndpointRow =>
    known.get(id) ?? { ...removedEndpoint(id), note: 'This endpoint is no longer in the plane’s list.' }
  const checked = [...new Set(results.map(({ endpoint }) => endpoint))].map(rowOf)
  const cells = new Map(results.map((result) => [cellKey(result), result]))
  const pairs = results.map((result) => ({ row: rowOf(result.endpoint), result }))
  const bad = pairs.filter(({ result: { verdict } }) => verdict !== 'pass' && verdict !== 'skipped')
  return {
    title,
    version,
    startedAt,
    endedAt,
    runId,
    vantages,
    counts: countVerdicts(results),
    findings,
    matrix: checked.map((row) => ({
      row,
      cells: vantages.map(({ vantage }) => cells.get(cellKey({ endpoint: row.id, vantage }))),
    })),
    concerns: bad.toSorted((a, b) => weight(b) - weight(a)).map((pair) => concern(pair, startedAt)),
    others: pairs.filter(({ result: { verdict } }) => verdict === 'pass' || verdict === 'skipped'),
  }
}

interface Pair {
  readonly row: EndpointRow
  readonly result: Result
}

/** By verdict; among equal verdicts, required endpoints first. */
const weight = ({ row, result }: Pair): number => 2 * severityOf(result.verdict) + (row.required ? 1 : 0)

function concern({ row, result }: Pair, startedAt: string): Concern {
  const entry = causeEntry(result.cause)
  const stage = decidingStage(result.stages) ?? result.stages.find(({ verdict }) => verdict === result.verdict)
  const owner = entry?.owner ?? ''
  return {
    row,
    result,
    why: stage?.evidence ?? '',
    meaning: entry?.meaning ?? '',
    owner,
    reproduceCommand: reproduce(row, result),
    networkText: owner === 'you' && row.host === '' ? '' : networkText(row, result, startedAt),
  }
}

/** "host:port protocol", or "not configured". */
export const destination = ({ host, port, protocol }: EndpointRow): string =>
  host === ''
    ? 'not configured'
    : `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port} ${protocol}`.trim()

/** Shown with the verdict's word, so that colour is never the only sign. */
export const marks: Readonly<Record<Verdict, string>> = { pass: '✓', warn: '!', fail: '✗', skipped: '–', unknown: '?' }
