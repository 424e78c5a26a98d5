import { matchRank, wordsOf } from '../lib/words.ts'

/** One line of the palette: a place or an action. */
export interface PaletteEntry {
  readonly id: string
  readonly label: string
  /** What it is: "Plane", "Pod in namespace plane". Its words match too. */
  readonly detail: string
  /** Shown only once something is typed: there are many of its kind. */
  readonly onlyFound?: boolean
  run(): void
}

export const shownAtMost = 12

/** A match in the detail alone is worse than any in the label. */
const detailRank = 100
/** Entries that were used recently win among equals. */
const recentRank = 0.5

/** The entries for a query, the best first; without one, those that were used last, then all in their order. Pure. */
export function foundEntries(
  entries: readonly PaletteEntry[],
  query: string,
  recent: readonly string[],
): readonly PaletteEntry[] {
  const words = wordsOf(query)
  const recentAt = new Map(recent.map((id, at) => [id, at]))
  const age = ({ id }: PaletteEntry) => recentAt.get(id) ?? Number.POSITIVE_INFINITY
  const byAge = (one: PaletteEntry, other: PaletteEntry) => (age(one) === age(other) ? 0 : age(one) - age(other))
  if (words.length === 0)
    return entries
      .filter((entry) => entry.onlyFound !== true || recentAt.has(entry.id))
      .toSorted(byAge)
      .slice(0, shownAtMost)
  return entries
    .flatMap((entry) => {
      const rank = rankOf(entry, words)
      return rank === undefined ? [] : [{ entry, rank: rank - (recentAt.has(entry.id) ? recentRank : 0) }]
    })
    .toSorted((one, other) => one.rank - other.rank || byAge(one.entry, other.entry))
    .slice(0, shownAtMost)
    .map(({ entry }) => entry)
}

/** Words may be in the label and in the detail, in whatever order: "logs demo", "pod agent". */
function rankOf({ label, detail }: PaletteEntry, words: readonly string[]): number | undefined {
  const inLabel = matchRank(label, words)
  // Of two names that match equally, the shorter one is closer to what was typed.
  if (inLabel !== undefined) return inLabel + label.length / 1_000
  const inBoth = matchRank(`${label}\n${detail}`, words)
  return inBoth === undefined ? undefined : detailRank + inBoth
}
