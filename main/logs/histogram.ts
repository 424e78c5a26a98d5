import type { HistogramRow } from './store/minute-counts.ts'
import { levelOf } from './store/record.ts'

/** Counts are stored per minute: a step is never shorter, so that no bar is invented. */
const minuteMs = 60_000

export interface HistogramRange {
  /** Empty: all of them. */
  readonly sources: readonly string[]
  readonly fromMs: number
  readonly toMs: number
  readonly steps: number
}

/** Counts per level in at most `steps` equal steps of whole minutes from `fromMs` on. A record without a level counts as "NONE". Pure. */
export function countByStep(
  rows: readonly Pick<HistogramRow, 'source' | 'level' | 'minute' | 'count'>[],
  { sources, fromMs, toMs, steps }: HistogramRange,
) {
  const first = Math.floor(fromMs / minuteMs)
  const minutes = Math.max(1, Math.ceil(toMs / minuteMs) - first)
  const perStep = Math.max(1, Math.ceil(minutes / steps))
  const bars = Array.from({ length: Math.ceil(minutes / perStep) }, (_, index) => ({
    from: new Date((first + index * perStep) * minuteMs).toISOString(),
    counts: {} as Record<string, number>, // filled below
  }))
  for (const { source, level, minute, count } of rows) {
    if (sources.length > 0 && !sources.includes(source)) continue
    const bar = bars[Math.floor((minute - first) / perStep)]
    if (bar === undefined) continue
    const name = levelOf(level) ?? 'NONE'
    bar.counts[name] = (bar.counts[name] ?? 0) + count
  }
  return bars
}
