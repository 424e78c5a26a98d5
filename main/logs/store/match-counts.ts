import type { LogQuery } from '../../../preload/contract/logs.ts'
import { fold } from '../query/evaluate.ts'
import { fromKubelet } from './block-columns.ts'
import type { BlockTimes } from './block-index.ts'
import { matchingRows } from './block-search.ts'
import { Damage } from './damage.ts'
import { countable, type HistogramRow, MinuteCounts, minuteMs } from './minute-counts.ts'
import type { Partition } from './partition.ts'
import { type CompiledQuery, compileQuery, matches, timesOf } from './query.ts'
import { maskOf } from './record.ts'
import { eachMatch, nextTurnUnlessAborted, type SearchedPartition } from './search.ts'

/** A block that is not counted yet: of its records, those after this sequence number. */
interface UncountedBlock {
  readonly block: BlockTimes
  readonly afterSeq: number
}

interface Day {
  readonly partition: Partition
  /** What is stored up to this sequence number is counted, or in `uncounted`. */
  seq: number
  /** Of the records that were read. */
  readonly read: MinuteCounts
  /** By minute, where nothing has to be read; undefined where lines are read to count them. */
  known: ReadonlyMap<number, number> | undefined
  /** In the order of the query. */
  uncounted: UncountedBlock[]
}

/** Matching records of one minute, and how many are before them in the order of the query. */
export interface CountedMinute {
  readonly partition: Partition
  /** Records after this sequence number are not counted. */
  readonly seq: number
  readonly minute: number
  readonly before: number
  /** Matches before those of its day. */
  readonly beforeDay: number
  readonly count: number
}

/**
 * How many records match, by minute. Without a text, a pod or a container, the counts that the files have are enough; otherwise
 * blocks are read one by one, in the order of the query, while a caller waits for them. What is stored later is added.
 */
export class MatchCounts {
  readonly compiled: CompiledQuery
  readonly #query: LogQuery
  /** In the order of the query. */
  #days = new Map<string, Day>()
  #minutes: readonly CountedMinute[] | undefined

  constructor(query: LogQuery) {
    this.#query = query
    this.compiled = compileQuery(query)
  }

  /** Whether counts are complete without reading lines. */
  get isKnown(): boolean {
    const { text = '', pods = [], containers = [] } = this.#query
    return text.trim() === '' && pods.length === 0 && containers.length === 0
  }

  /** Whether each record matches. */
  get isUnconditional(): boolean {
    const { levels = [], sources = [], from, to } = this.#query
    return this.isKnown && levels.length === 0 && sources.length === 0 && from === undefined && to === undefined
  }

  /** Takes in what was stored since the last time. `partitions` may have matches, in the order of the query. */
  async update(partitions: readonly SearchedPartition[], signal: AbortSignal): Promise<void> {
    const days = new Map<string, Day>()
    for (const { name, partition } of partitions) {
      const known = this.#days.get(name)
      const day = known?.partition === partition ? known : newDay(partition)
      days.set(name, day)
      const isNew = new Damage().skip(() => partition.lastSeq()) !== day.seq
      if (!isNew) continue
      this.#minutes = undefined
      if (this.isKnown) await this.#readKnown(day, signal)
      else this.#readNew(day)
    }
    if (days.size !== this.#days.size) this.#minutes = undefined
    this.#days = days
  }

  /** Minutes in whole from the counts of the file; those in which the time of the query begins or ends from their lines. */
  async #readKnown(day: Day, signal: AbortSignal): Promise<void> {
    const { levels = [], sources = [] } = this.#query
    const mask = levels.reduce((sum, level) => sum | maskOf(level), 0)
    const wanted = new Set(sources.map(fold))
    const [fromMs, toMs] = timesOf(this.compiled.requirement)
    const known = new Map<number, number>()
    const parts = new Set<number>()
    const { partition } = day
    const read = new Damage().skip(() =>
      partition.consistently(() => ({ seq: partition.lastSeq(), rows: partition.minutes(mask) })),
    )
    for (const { source, minute, count } of read?.rows ?? []) {
      const [startMs, endMs] = [minute * minuteMs, (minute + 1) * minuteMs - 1]
      if (endMs < fromMs || startMs > toMs || (wanted.size > 0 && !wanted.has(fold(source)))) continue
      if (startMs < fromMs || endMs > toMs) parts.add(minute)
      else known.set(minute, (known.get(minute) ?? 0) + count)
    }
    const seq = read?.seq ?? day.seq
    for (const minute of parts) {
      let count = 0
      const inMinute = { partition, seq, fromMs: minute * minuteMs, toMs: (minute + 1) * minuteMs }
      await eachMatch(inMinute, this.compiled, () => (count += 1), signal)
      known.set(minute, count)
    }
    day.known = known
    day.seq = seq
  }

  #readNew(day: Day): void {
    const { partition, seq: afterSeq } = day
    const read = new Damage().skip(() =>
      partition.consistently(() => ({
        ...partition.index.candidates(this.compiled.requirement, this.compiled.order),
        head: partition.head(afterSeq),
        seq: partition.lastSeq(),
      })),
    )
    if (read === undefined) return
    for (const record of read.head) if (matches(this.compiled, record)) day.read.add(countable(record))
    const added = read.candidates.filter(({ maxSeq }) => maxSeq > afterSeq).map((block) => ({ block, afterSeq }))
    // The candidates are in the order of the query already.
    day.uncounted =
      day.uncounted.length === 0
        ? added
        : [...day.uncounted, ...added].sort((a, b) =>
            this.compiled.order === 'newest' ? b.block.maxMs - a.block.maxMs : a.block.minMs - b.block.minMs,
          )
    day.seq = read.seq
  }

  get isComplete(): boolean {
    return [...this.#days.values()].every(({ uncounted }) => uncounted.length === 0)
  }

  /** Counts one more block. Several callers can wait for the same counts: each call takes another block. Throws the abort reason. */
  async countNext(signal: AbortSignal): Promise<void> {
    await nextTurnUnlessAborted(signal)
    const day = [...this.#days.values()].find(({ uncounted }) => uncounted.length > 0)
    const next = day?.uncounted.shift()
    if (day === undefined || next === undefined) return
    this.#minutes = undefined
    new Damage().skip(() => countBlock(day, next, this.compiled))
  }

  /** Counts of what was read, by source and level. */
  rows(): HistogramRow[] {
    return [...this.#days.values()].flatMap(({ read }) => read.rows())
  }

  /** Minutes with matches in the order of the query, as far as all of their blocks are counted. */
  minutes(): readonly CountedMinute[] {
    this.#minutes ??= this.#inOrder()
    return this.#minutes
  }

  /** Matches in `minutes`. */
  get count(): number {
    const last = this.minutes().at(-1)
    return last === undefined ? 0 : last.before + last.count
  }

  #inOrder(): CountedMinute[] {
    const isNewestFirst = this.compiled.order === 'newest'
    const found: CountedMinute[] = []
    let before = 0
    for (const { partition, seq, read, known, uncounted } of this.#days.values()) {
      const counts = known ?? totals(read.rows())
      const next = uncounted[0]?.block
      const isCounted = (minute: number): boolean =>
        next === undefined ||
        (isNewestFirst ? minute * minuteMs > next.maxMs : (minute + 1) * minuteMs - 1 < next.minMs)
      const beforeDay = before
      const minutes = [...counts.keys()].filter(isCounted).sort((a, b) => (isNewestFirst ? b - a : a - b))
      for (const minute of minutes) {
        const count = counts.get(minute) ?? 0
        if (count > 0) found.push({ partition, seq, minute, before, beforeDay, count })
        before += count
      }
      if (next !== undefined) break
    }
    return found
  }
}

const newDay = (partition: Partition): Day => ({
  partition,
  seq: -1,
  read: new MinuteCounts(),
  known: undefined,
  uncounted: [],
})

function totals(rows: readonly HistogramRow[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { minute, count } of rows) counts.set(minute, (counts.get(minute) ?? 0) + count)
  return counts
}

function countBlock({ partition, read }: Day, { block, afterSeq }: UncountedBlock, query: CompiledQuery): void {
  for (const part of partition.block(block.id)) {
    const rows = matchingRows(part, query)
    if (rows.length === 0) continue
    const { timesMs, levels } = part.columns
    const { starts, ends } = part.text
    for (const row of rows) {
      if (part.seq(row) <= afterSeq) continue
      read.add({
        source: part.origin(row).source,
        level: (levels[row] ?? 0) % fromKubelet,
        atMs: timesMs[row] ?? 0,
        rawBytes: (ends[row] ?? 0) - (starts[row] ?? 0),
      })
    }
  }
}
