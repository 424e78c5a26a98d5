import type { VantageOutcome } from '../../../preload/contract/connectivity.ts'
import type { Matrix } from './matrix.ts'

/** Vantages that went wrong in one manner are one notice: fifty nodes may all be refused for the same reason. */
export function vantageErrors({ vantageStates }: Matrix): readonly (readonly VantageOutcome[])[] {
  const wrong = Object.values(vantageStates)
    .map(({ outcome }) => outcome)
    .filter((outcome) => outcome !== undefined)
    .filter(({ state }) => state !== 'ran')
  const groups = Map.groupBy(wrong, ({ state, vantage, cause, hint }) => [state, vantage.kind, cause, hint].join(' '))
  return [...groups.values()]
}
