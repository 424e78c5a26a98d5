import type { StageResult } from '../../../preload/contract/connectivity.ts'

/** Where a stage lies in the time of its row: milliseconds after the first began; undefined: not tried. */
export interface Span {
  readonly stage: StageResult
  readonly startMs: number | undefined
  /** Per cent of the whole. */
  readonly left: number
  readonly width: number
}

/** A bar thinner than this is not seen. */
const thinnest = 1.5

/** Lays the stages out along their time. Clocks of vantages are their own: only differences within one row count. */
export function spansOf(stages: readonly StageResult[]): readonly Span[] {
  const begins = stages.map(({ at }) => Date.parse(at)).filter((time) => !Number.isNaN(time))
  const first = Math.min(...begins)
  const ends = stages.map(({ at, ms }) => Date.parse(at) - first + ms).filter((end) => !Number.isNaN(end))
  const wholeMs = Math.max(1, ...ends)
  return stages.map((stage) => {
    const startMs = Date.parse(stage.at) - first
    if (Number.isNaN(startMs)) return { stage, startMs: undefined, left: 0, width: 0 }
    const width = Math.max(thinnest, (100 * stage.ms) / wholeMs)
    return { stage, startMs, left: Math.min((100 * startMs) / wholeMs, 100 - width), width }
  })
}
