import type { StageResult } from '../../../preload/contract/connectivity.ts'

/** The position of a stage on the time axis of its row. */
export interface Span {
  readonly stage: StageResult
  /** After the start of the first stage; undefined: not tried. */
  readonly startMs: number | undefined
  /** Per cent of the axis. */
  readonly left: number
  readonly width: number
}

/** The minimum width of a bar, in per cent. */
const minimumWidth = 1.5

/** Positions the stages by their time. Only differences within one row are used, because the clocks of vantages differ. */
export function spansOf(stages: readonly StageResult[]): readonly Span[] {
  const starts = stages.map(({ at }) => Date.parse(at)).filter((time) => !Number.isNaN(time))
  const first = Math.min(...starts)
  const ends = stages.map(({ at, ms }) => Date.parse(at) - first + ms).filter((end) => !Number.isNaN(end))
  const wholeMs = Math.max(1, ...ends)
  return stages.map((stage) => {
    const startMs = Date.parse(stage.at) - first
    if (Number.isNaN(startMs)) return { stage, startMs: undefined, left: 0, width: 0 }
    const width = Math.max(minimumWidth, (100 * stage.ms) / wholeMs)
    return { stage, startMs, left: Math.min((100 * startMs) / wholeMs, 100 - width), width }
  })
}
