import { createHash } from 'node:crypto'
import { z } from 'zod'
import { ConnectivityReport, type Result, RunEntry } from '../../../preload/contract/connectivity.ts'
import { Timestamp, Verdict } from '../../../preload/contract/words.ts'
import { cellKey } from '../../../preload/vantages.ts'
import { type RunVerdicts, runVerdicts } from '../../../preload/verdict-history.ts'
import { countVerdicts } from '../../../preload/verdicts.ts'
import { type LineChain, readSignedLines, unsignedValue } from '../../lib/signed-lines.ts'
import { reportFromVersion1 } from './version-1.ts'

/** The first line of a file; the report is the second. */
const RunHead = z.strictObject({
  ...RunEntry.omit({ verified: true }).shape,
  /** Equal if all verdicts and causes are equal. */
  fingerprint: z.string(),
})
export type RunHead = z.infer<typeof RunHead>

/** What was read of a file, and whether this installation wrote the whole of it. */
export interface SavedHead extends RunHead {
  readonly verified: boolean
}
export interface SavedReport {
  readonly report: ConnectivityReport
  readonly verified: boolean
}

/** File names sort by the start of the run, in milliseconds: `20260301T120000000Z-<run>.json`. */
export const fileNameOf = ({ startedAt, runId }: Pick<RunEntry, 'startedAt' | 'runId'>): string =>
  `${new Date(startedAt).toISOString().replaceAll(/[-:.]/g, '')}-${runId}.json`

const namePattern = /^\d{8}T\d{9}Z-([0-9a-f-]{36})\.json$/

/** The run id in a file name; undefined if it is not the name of a run file. */
export const runIdIn = (fileName: string): string | undefined => namePattern.exec(fileName)?.[1]

/** The content of a run file. */
export function runText(report: ConnectivityReport, by: RunEntry['by'], chain: LineChain): string {
  return `${chain.sign(headOf(report, by))}\n${chain.sign(report)}\n`
}

export function headOf(
  { runId, startedAt, endedAt, vantages, results }: ConnectivityReport,
  by: RunEntry['by'],
): RunHead {
  return {
    runId,
    startedAt,
    endedAt,
    vantages: vantages.map(({ vantage }) => vantage),
    counts: countVerdicts(results),
    by,
    fingerprint: fingerprintOf(results),
  }
}

function fingerprintOf(results: readonly Result[]): string {
  const lines = results.map((result) => `${cellKey(result)}\n${result.verdict}\n${result.cause}`).toSorted()
  return createHash('sha256').update(lines.join('\0')).digest('hex')
}

/** The first line of a run file; undefined if the file is damaged, missing or not a run file. */
export async function readHead(file: string, chain: LineChain): Promise<SavedHead | undefined> {
  try {
    const { lines, verified } = await readSignedLines(file, chain)
    return { ...RunHead.parse(unsignedValue(lines[0] ?? '')), verified }
  } catch {
    return undefined
  }
}

/** What a row's history needs of a run: every other field would cost time to check and memory to keep. */
const ReportVerdicts = z.object({
  runId: z.uuid(),
  startedAt: Timestamp,
  results: z.array(z.object({ endpoint: z.string(), verdict: Verdict })),
})

/** The verdicts in a run file; undefined if it is damaged, missing or does not verify. */
export async function readVerdicts(file: string, chain: LineChain): Promise<RunVerdicts | undefined> {
  try {
    const { lines, verified } = await readSignedLines(file, chain)
    if (!verified) return undefined
    return runVerdicts(ReportVerdicts.parse(unsignedValue(lines.at(-1) ?? '')))
  } catch {
    return undefined
  }
}

/** The report in the last line of a file; undefined if the file is damaged or missing. */
export async function readReport(file: string, chain: LineChain): Promise<SavedReport | undefined> {
  try {
    const { lines, verified } = await readSignedLines(file, chain)
    return { report: ConnectivityReport.parse(reportFromVersion1(unsignedValue(lines.at(-1) ?? ''))), verified }
  } catch {
    return undefined
  }
}
