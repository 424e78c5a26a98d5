import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { z } from 'zod'
import { ConnectivityReport, type Result, RunEntry } from '../../../preload/contract/connectivity.ts'
import { cellKey } from '../../../preload/vantages.ts'
import { countVerdicts } from '../../../preload/verdicts.ts'
import { reportFromVersion1 } from './version-1.ts'

/** The first line of a file; the report is the second. A list of runs reads only first lines. */
const RunHead = z.strictObject({
  ...RunEntry.shape,
  /** Equal if all verdicts and causes are equal. */
  fingerprint: z.string(),
})
export type RunHead = z.infer<typeof RunHead>

/** A first line needs a few hundred bytes per vantage: at most 32 vantages, and one for each node of the cluster. */
const headLimitBytes = 1_048_576
const chunkBytes = 16_384

/** File names sort by the start of the run, in milliseconds: `20260301T120000000Z-<run>.json`. */
export const fileNameOf = ({ startedAt, runId }: Pick<RunEntry, 'startedAt' | 'runId'>): string =>
  `${new Date(startedAt).toISOString().replaceAll(/[-:.]/g, '')}-${runId}.json`

const namePattern = /^\d{8}T\d{9}Z-([0-9a-f-]{36})\.json$/

/** The run id in a file name; undefined if it is not the name of a run file. */
export const runIdIn = (fileName: string): string | undefined => namePattern.exec(fileName)?.[1]

/** The content of a run file. */
export function runText(report: ConnectivityReport, by: RunEntry['by']): string {
  return `${JSON.stringify(headOf(report, by))}\n${JSON.stringify(report)}\n`
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
export async function readHead(file: string): Promise<RunHead | undefined> {
  const handle = await open(file, 'r').catch(() => undefined)
  if (handle === undefined) return undefined
  try {
    let text = Buffer.alloc(0)
    while (text.length < headLimitBytes) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(chunkBytes), 0, chunkBytes, text.length)
      text = Buffer.concat([text, buffer.subarray(0, bytesRead)])
      const end = text.indexOf('\n')
      if (end >= 0) return RunHead.parse(JSON.parse(text.toString('utf8', 0, end)))
      if (bytesRead === 0) return undefined
    }
    return undefined
  } catch {
    return undefined
  } finally {
    await handle.close()
  }
}

/** The report of a run file; undefined if the file is damaged or missing. */
export async function readReport(file: string): Promise<ConnectivityReport | undefined> {
  try {
    const text = await readFile(file, 'utf8')
    return ConnectivityReport.parse(reportFromVersion1(JSON.parse(text.slice(text.indexOf('\n') + 1))))
  } catch {
    return undefined
  }
}
