import type { VerdictHistory } from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'

/** The verdicts of a row in the last runs, the oldest first; null: the run did not have the row. */
export type RowHistory = readonly (Verdict | null)[]

/** By endpoint. */
export type HistoryByRow = ReadonlyMap<string, RowHistory>

export const historyByRow = ({ rows }: VerdictHistory): HistoryByRow =>
  new Map(rows.map(({ endpoint, verdicts }) => [endpoint, verdicts]))

/** The verdict of the last run that had the row, and in how many runs in a row it was the same. */
export function streakOf(history: RowHistory): { readonly verdict: Verdict; readonly runs: number } | undefined {
  const known = history.filter((verdict) => verdict !== null)
  const verdict = known.at(-1)
  if (verdict === undefined) return undefined
  const before = known.findLastIndex((one) => one !== verdict)
  return { verdict, runs: known.length - 1 - before }
}
