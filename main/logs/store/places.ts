import type { CountedMinute, MatchCounts } from './match-counts.ts'
import { minuteMs } from './minute-counts.ts'
import { compare, type Position } from './record.ts'
import { eachMatch } from './search.ts'

/**
 * Where the record at a place of the list is: place 0 is the first in the order of the query. Lines of its minute are read;
 * those of other minutes are counted. Undefined where nothing is counted, or the lines are damaged. Throws the abort reason.
 */
export async function positionAt(
  counts: MatchCounts,
  place: number,
  signal: AbortSignal,
): Promise<Position | undefined> {
  const found = minuteAt(counts.minutes(), place)
  if (found === undefined) return undefined
  const fromMs = found.minute * minuteMs
  const isNewestFirst = counts.compiled.order === 'newest'
  // First how many lines each millisecond has, then those of one: so memory does not grow with the lines of the minute.
  const perMs = new Uint32Array(minuteMs)
  await eachMatch(
    rangeOf(found, fromMs, fromMs + minuteMs),
    counts.compiled,
    (atMs) => (perMs[atMs - fromMs] = (perMs[atMs - fromMs] ?? 0) + 1),
    signal,
  )
  let left = Math.min(place - found.before, perMs.reduce((sum, count) => sum + count, 0) - 1)
  if (left < 0) return undefined
  let ms = isNewestFirst ? minuteMs - 1 : 0
  while ((perMs[ms] ?? 0) <= left) {
    left -= perMs[ms] ?? 0
    ms += isNewestFirst ? -1 : 1
  }
  const seqs: number[] = []
  const atMs = fromMs + ms
  await eachMatch(rangeOf(found, atMs, atMs + 1), counts.compiled, (_, seq) => seqs.push(seq), signal)
  const seq = seqs.sort((a, b) => (isNewestFirst ? b - a : a - b))[left]
  return seq === undefined ? undefined : { atMs, seq }
}

/** The place of the record at a position; without one there, of the first after it in the order of the query. */
export async function placeOf(counts: MatchCounts, position: Position, signal: AbortSignal): Promise<number> {
  const isNewestFirst = counts.compiled.order === 'newest'
  const minutes = counts.minutes()
  const wanted = Math.floor(position.atMs / minuteMs)
  const at = firstIndex(minutes, ({ minute }) => (isNewestFirst ? minute <= wanted : minute >= wanted))
  const found = minutes[at]
  if (found === undefined) return counts.count
  if (found.minute !== wanted) return found.before
  let before = 0
  const fromMs = wanted * minuteMs
  await eachMatch(
    rangeOf(found, fromMs, fromMs + minuteMs),
    counts.compiled,
    (atMs, seq) => {
      const order = compare({ atMs, seq }, position)
      if (isNewestFirst ? order > 0 : order < 0) before += 1
    },
    signal,
  )
  return found.before + before
}

const rangeOf = ({ partition, seq }: CountedMinute, fromMs: number, toMs: number) => ({ partition, seq, fromMs, toMs })

function minuteAt(minutes: readonly CountedMinute[], place: number): CountedMinute | undefined {
  return minutes[firstIndex(minutes, ({ before, count }) => before + count > place)]
}

/** Of items of which the last ones hold: the index of the first of these. */
function firstIndex<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = items[middle]
    if (item !== undefined && holds(item)) high = middle
    else low = middle + 1
  }
  return low
}
