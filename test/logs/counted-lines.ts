import type { StoredRecord } from '../../main/logs/store/record.ts'

export interface Counted {
  readonly lines: number
  /** Lines that gap records stand for. */
  readonly missing: number
  readonly gaps: number
  /** Where a log was rotated while nobody read it, right after the last line, the API does not show that nothing is missing. */
  readonly emptyGaps: number
  readonly faults: readonly string[]
}

const streams = ['out', 'err']

/**
 * Checks the lines of one pod, "STREAM RUN NUMBER …" in order of arrival, up to the first "end": each number of a stream
 * follows the one before, over the runs of the container. Where it does not, a gap record is between them.
 */
export function countedLines(records: readonly StoredRecord[], linesOfRuns: readonly number[]): Counted {
  const faults: string[] = []
  /** Of each stream, how many lines were stored or are missing. */
  const reached = new Map(streams.map((stream) => [stream, 0]))
  /** Streams that have had no line since the last gap record. */
  let behindGap = new Set<string>()
  let [lines, missing, gaps, emptyGaps] = [0, 0, 0, 0]
  let isGapEmpty = false
  const before = (run: number): number => linesOfRuns.slice(0, run - 1).reduce((sum, count) => sum + count, 0)
  const advance = (stream: string, at: number, what: string): void => {
    const skipped = at - (reached.get(stream) ?? 0)
    if (skipped < 0) faults.push(`${what} is doubled or out of order`)
    if (skipped > 0 && !behindGap.has(stream)) faults.push(`${skipped} lines before ${what}`)
    if (skipped > 0) isGapEmpty = false
    missing += Math.max(0, skipped)
    behindGap.delete(stream)
    reached.set(stream, Math.max(at, reached.get(stream) ?? 0))
  }
  for (const { parser, raw, pod } of records) {
    if (parser === 'gap') {
      if (isGapEmpty) emptyGaps += 1
      gaps += 1
      isGapEmpty = true
      behindGap = new Set(streams)
      continue
    }
    if (raw === 'end') {
      for (const stream of streams) advance(stream, before(linesOfRuns.length + 1), `${pod}: end of ${stream}`)
      break
    }
    const [stream = '', run = '', number = ''] = raw.split(' ')
    advance(stream, before(Number(run)) + Number(number) - 1, `${pod}: ${stream} ${run} ${number}`)
    reached.set(stream, (reached.get(stream) ?? 0) + 1)
    lines += 1
  }
  return { lines, missing, gaps, emptyGaps: emptyGaps + (isGapEmpty ? 1 : 0), faults }
}
