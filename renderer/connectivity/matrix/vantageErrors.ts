import type { VantageOutcome } from '../../../preload/contract/connectivity.ts'
import type { Matrix } from './matrix.ts'

/** Groups vantages that failed for the same reason: one notice for fifty nodes. */
export function vantageErrors({ vantageStates }: Matrix): readonly (readonly VantageOutcome[])[] {
  const incomplete = Object.values(vantageStates)
    .map(({ outcome }) => outcome)
    .filter((outcome) => outcome !== undefined)
    .filter(({ state }) => state !== 'ran')
  const groups = Map.groupBy(incomplete, ({ state, vantage, cause, hint }) =>
    [state, vantage.kind, cause, hint].join(' '),
  )
  return [...groups.values()]
}
