import type { LogQuery } from '../../../preload/contract/logs.ts'
import { MatchCounts } from './match-counts.ts'

/** Of the queries that were asked last: the list, its histogram and each jump in it need the same counts. */
const keptCounts = 4
/** A query can name a time that moves with the clock, such as `since:15m`: its counts are not used for longer. */
const movingTime = /\b(?:since|until|time)\b/i
const movesAfterMs = 60_000

interface Entry {
  readonly key: string
  readonly counts: MatchCounts
}

/** The counts of recent queries of a store. */
export class RecentCounts {
  /** The last used one last. */
  #entries: Entry[] = []

  /** Throws QUERY_INVALID. */
  of(query: LogQuery, nowMs = Date.now()): MatchCounts {
    const { text = '', levels = [], sources = [], pods = [], containers = [], from, to, order = 'newest' } = query
    const moved = movingTime.test(text) ? Math.floor(nowMs / movesAfterMs) : 0
    const key = JSON.stringify([order, text, levels, sources, pods, containers, from, to, moved])
    const entry = this.#entries.find((each) => each.key === key) ?? { key, counts: new MatchCounts(query) }
    this.#entries = [...this.#entries.filter((each) => each !== entry), entry].slice(-keptCounts)
    return entry.counts
  }
}
