import { Damage } from './damage.ts'
import type { CountedMinute, MatchCounts } from './match-counts.ts'
import { minuteMs } from './minute-counts.ts'
import { compare, type Position } from './record.ts'
import { eachMatch, nextTurnUnlessAborted } from './search.ts'

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
  const isNewestFirst = counts.compiled.order === 'newest'
  const within =
    counts.isUnconditional && found.count > denseLines
      ? await millisecondOfDay(counts, found, place, signal)
      : await millisecondAt(counts, found, place - found.before, signal)
  if (within === undefined) return undefined
  const { atMs, left } = within
  const seqs: number[] = []
  await eachMatch(rangeOf(found, atMs, atMs + 1), counts.compiled, (_, seq) => seqs.push(seq), signal)
  const seq = seqs.sort((a, b) => (isNewestFirst ? b - a : a - b))[left]
  return seq === undefined ? undefined : { atMs, seq }
}

/** In a minute with more lines, its blocks are not all read. */
const denseLines = 20_000

interface Millisecond {
  readonly atMs: number
  /** Records of this millisecond that are before the wanted one. */
  readonly left: number
}

/** The millisecond in which a record of the minute is. Memory does not grow with the lines of the minute. */
async function millisecondAt(
  counts: MatchCounts,
  minute: CountedMinute,
  offset: number,
  signal: AbortSignal,
): Promise<Millisecond | undefined> {
  const fromMs = minute.minute * minuteMs
  const isNewestFirst = counts.compiled.order === 'newest'
  const perMs = new Uint32Array(minuteMs)
  const count = (atMs: number): void => {
    perMs[atMs - fromMs] = (perMs[atMs - fromMs] ?? 0) + 1
  }
  await eachMatch(rangeOf(minute, fromMs, fromMs + minuteMs), counts.compiled, count, signal)
  const total = perMs.reduce((sum, each) => sum + each, 0)
  let left = Math.min(offset, total - 1)
  if (left < 0) return undefined
  let ms = isNewestFirst ? minuteMs - 1 : 0
  while ((perMs[ms] ?? 0) <= left) {
    left -= perMs[ms] ?? 0
    ms += isNewestFirst ? -1 : 1
  }
  return { atMs: fromMs + ms, left }
}

/** The same by halves of the minute: each time, only the blocks are read that have lines before and after. */
async function millisecondOfDay(
  counts: MatchCounts,
  minute: CountedMinute,
  place: number,
  signal: AbortSignal,
): Promise<Millisecond> {
  const { order } = counts.compiled
  const fromMs = minute.minute * minuteMs
  const wanted = place - minute.beforeDay
  /** Records before all of a millisecond. */
  const before = (atMs: number): Promise<number> =>
    recordsBefore(minute, { atMs, seq: order === 'newest' ? Number.POSITIVE_INFINITY : -1 }, order, signal)
  // In the order of the list: the last millisecond with at most `wanted` records before it.
  let [low, high] = [0, minuteMs - 1]
  const atOf = (step: number): number => (order === 'newest' ? fromMs + minuteMs - 1 - step : fromMs + step)
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((await before(atOf(middle))) <= wanted) low = middle
    else high = middle - 1
  }
  return { atMs: atOf(low), left: wanted - (await before(atOf(low))) }
}

/** How many records of a day are before a position. Blocks that are wholly before or after it are not read. */
async function recordsBefore(
  { partition, seq: lastSeq }: CountedMinute,
  position: Position,
  order: 'newest' | 'oldest',
  signal: AbortSignal,
): Promise<number> {
  const damage = new Damage()
  const isBefore = (at: Position): boolean =>
    at.seq <= lastSeq && (order === 'newest' ? compare(at, position) > 0 : compare(at, position) < 0)
  const read = damage.skip(() =>
    partition.consistently(() => ({ blocks: partition.index.blocks(), head: partition.head() })),
  )
  let count = (read?.head ?? []).filter(isBefore).length
  for (const { id, minMs, maxMs, minSeq, maxSeq, count: records } of read?.blocks ?? []) {
    const isAfter = order === 'newest' ? maxMs < position.atMs : minMs > position.atMs
    if (isAfter || minSeq > lastSeq) continue
    const isWhole = maxSeq <= lastSeq && (order === 'newest' ? minMs > position.atMs : maxMs < position.atMs)
    if (isWhole) {
      count += records
      continue
    }
    await nextTurnUnlessAborted(signal)
    for (const part of damage.skip(() => partition.block(id)) ?? []) {
      const { timesMs } = damage.skip(() => part.columns) ?? { timesMs: [] }
      for (const [row, atMs] of timesMs.entries()) if (isBefore({ atMs, seq: part.seq(row) })) count += 1
    }
  }
  return count
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
  if (counts.isUnconditional)
    return found.beforeDay + (await recordsBefore(found, position, counts.compiled.order, signal))
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
