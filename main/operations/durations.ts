import type { StepProgress } from '../../preload/contract/operations.ts'
import type { JournalRecord } from '../lib/operation.ts'
import { parseDeclared } from './declared.ts'

/** How long a step with this `timedAs` usually takes; undefined if nothing is known. */
export type UsualDurations = (timedAs: string | undefined) => StepProgress['usual']

export interface StepDuration {
  readonly timedAs: string
  readonly ms: number
}

/** Pure: how long the steps of a journal took that changed something and ended well at their first attempt. */
export function stepDurations(records: readonly JournalRecord[]): StepDuration[] {
  const timed = new Map(
    records
      .filter(({ event }) => event === 'declared')
      .flatMap(({ data }) =>
        Object.entries(data ?? {}).map(([step, declared]) => [step, parseDeclared(declared).timedAs]),
      ),
  )
  return [...timed].flatMap(([step, timedAs]) => {
    const of = (event: string) => records.filter((record) => record.event === event && record.step === step)
    const [started, again] = of('step-started')
    const ended = of('step-ended').at(-1)
    if (timedAs === undefined || started === undefined || again !== undefined || ended?.data?.state !== 'done')
      return []
    return [{ timedAs, ms: Date.parse(ended.at) - Date.parse(started.at) }]
  })
}

/** Pure: the median of each, with the count of runs. */
export function usualDurations(durations: readonly StepDuration[]): UsualDurations {
  return (timedAs) => {
    const sorted = durations
      .filter((each) => each.timedAs === timedAs)
      .map(({ ms }) => ms)
      .toSorted((a, b) => a - b)
    const upper = sorted[Math.floor(sorted.length / 2)]
    const lower = sorted[Math.floor((sorted.length - 1) / 2)]
    if (upper === undefined || lower === undefined) return undefined
    return { ms: (lower + upper) / 2, runs: sorted.length }
  }
}
