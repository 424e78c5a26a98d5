import { Problem } from '../../../preload/contract/problem.ts'
import { inParallel } from '../../lib/concurrency/in-parallel.ts'
import { type CompiledQuery, matches } from '../store/query.ts'
import { compare, type Position } from '../store/record.ts'
import type { EngineContainer } from './containers.ts'
import {
  type Direction,
  type EngineLines,
  type EngineRange,
  type Entry,
  type LineFilter,
  linesOf,
  type NsRange,
  nsRange,
  originKey,
  pageLines,
} from './engine.ts'
import { type EngineRecord, nsOfPosition, positionAfter, positionOf, recordsOf } from './records.ts'

export interface ScanInput {
  readonly lines: EngineLines
  /** Undefined: the lines of the page are all lines. */
  readonly filter: LineFilter | undefined
  /** Lines of others are dropped. */
  readonly containers: readonly EngineContainer[]
  readonly query: CompiledQuery
  /** Only records beyond it are given. */
  readonly cursor: Position | undefined
}

export interface ScanStep {
  /** In the order of the query; each once. */
  readonly records: readonly EngineRecord[]
  /** A cursor at which a search can continue with what was not given yet; undefined before the first one. */
  readonly searchedTo: Position | undefined
  readonly isEnd: boolean
}

/** The lines of a record come within this time of its first one. */
const spanNs = 2_000_000_000n
const secondNs = 1_000_000_000n
/** The time of a request: it grows while little is found, and shrinks where the engine takes too long. */
const windowsNs = { least: 60n * secondNs, first: 3_600n * secondNs, longest: 604_800n * secondNs }
const leastPageLines = 100
/** Lines that were chosen by a text whose surroundings are read before records are given: more from time to time. */
const hitsAtOnce = { first: 50, most: 1_000 }
const requestsAtOnce = 4
/** Of one reading of surroundings. */
const longestClusterNs = 60n * secondNs

/** Goes through an engine's lines in the order of a query, and gives the records of them that match. */
export class Scan {
  linesRead = 0
  readonly #input: ScanInput
  readonly #signal: AbortSignal
  readonly #direction: Direction
  readonly #containers: ReadonlyMap<string, EngineContainer>
  /** Found, and not given yet. */
  #pending: EngineRecord[] = []
  readonly #seen = new Set<string>()
  /** Lines by container of which records can still grow. */
  readonly #carried = new Map<string, readonly Entry[]>()
  /** What `#carried` gave already: records at or behind this time, in the direction. */
  #takenNs: bigint | undefined
  #hitsAtOnce = hitsAtOnce.first

  constructor(input: ScanInput, signal: AbortSignal) {
    this.#input = input
    this.#signal = signal
    this.#direction = input.query.order === 'newest' ? 'backward' : 'forward'
    this.#containers = new Map(input.containers.map((each) => [originKey(each), each]))
  }

  async *steps(given: EngineRange): AsyncGenerator<ScanStep> {
    const { lines, filter, containers, query } = this.#input
    let rest = this.#fromCursor(nsRange(given))
    let windowNs = windowsNs.first
    let limit = Math.min(Math.max(leastPageLines, 2 * query.limit), pageLines)
    while (rest.fromNs < rest.toNs) {
      const window = this.#nextWindow(rest, windowNs)
      const page = await lines
        .page({ containers, filter, direction: this.#direction, limit }, window, this.#signal)
        .catch((error: unknown) => {
          if (!isTooSlow(error) || windowNs <= windowsNs.least) throw error
          return undefined
        })
      if (page === undefined) {
        windowNs = (windowNs / 8n / secondNs) * secondNs
        continue
      }
      this.linesRead += page.entries.length
      rest = this.#isForward
        ? { ...rest, fromNs: page.rest?.fromNs ?? window.toNs }
        : { ...rest, toNs: page.rest?.toNs ?? window.fromNs }
      if (page.rest === undefined) windowNs = min(windowNs * 4n, windowsNs.longest)
      limit = Math.min(limit * 2, pageLines)
      const edgeNs = this.#isForward ? rest.fromNs : rest.toNs
      const isEnd = rest.fromNs >= rest.toNs
      if (filter === undefined) yield this.#ofAllLines(page.entries, edgeNs, isEnd)
      else yield* this.#ofHits(page.entries, edgeNs, isEnd)
    }
  }

  get #isForward(): boolean {
    return this.#direction === 'forward'
  }

  /** A record beyond the cursor can have lines before it, and one before it lines beyond. */
  #fromCursor({ fromNs, toNs }: NsRange): NsRange {
    const { cursor } = this.#input
    if (cursor === undefined) return { fromNs, toNs }
    // In whole steps of the engine, so that each time is read whole.
    const step = this.#input.lines.resolutionNs
    const ns = (nsOfPosition(cursor) / step) * step + (this.#isForward ? 0n : step - 1n)
    return this.#isForward ? { fromNs: max(fromNs, ns - spanNs), toNs } : { fromNs, toNs: min(toNs, ns + spanNs) }
  }

  #nextWindow({ fromNs, toNs }: NsRange, windowNs: bigint): NsRange {
    return this.#isForward
      ? { fromNs, toNs: min(toNs, fromNs + windowNs) }
      : { fromNs: max(fromNs, toNs - windowNs), toNs }
  }

  /** `edgeNs`: all lines up to this time, in the direction, have been read. */
  #ofAllLines(entries: readonly Entry[], edgeNs: bigint, isEnd: boolean): ScanStep {
    const added = this.#byContainer(entries)
    const completeNs = this.#isForward ? edgeNs - spanNs : edgeNs + spanNs
    for (const key of new Set([...added.keys(), ...this.#carried.keys()])) {
      const container = this.#containers.get(key)
      if (container === undefined) continue
      const [fresh, carried] = [added.get(key) ?? [], this.#carried.get(key) ?? []]
      const lines = this.#isForward ? [...carried, ...fresh] : [...fresh, ...carried]
      this.#add(
        recordsOf(lines, container, this.#input.lines.keepsOrder).filter(({ position }) => {
          const ns = nsOfPosition(position)
          return this.#isForward
            ? (isEnd || ns < completeNs) && ns >= (this.#takenNs ?? ns)
            : (isEnd || ns >= completeNs) && ns < (this.#takenNs ?? ns + 1n)
        }),
      )
      // What a record begins with shows only after the lines before it.
      const left = lines.filter(({ ns }) => (this.#isForward ? ns >= completeNs - spanNs : ns < completeNs + spanNs))
      if (left.length === 0) this.#carried.delete(key)
      else this.#carried.set(key, left)
    }
    this.#takenNs = completeNs
    return this.#release(completeNs, isEnd)
  }

  async *#ofHits(entries: readonly Entry[], edgeNs: bigint, isEnd: boolean): AsyncGenerator<ScanStep> {
    const hits = this.#isForward ? entries : entries.toReversed()
    for (let from = 0; from < hits.length; ) {
      let to = Math.min(from + this.#hitsAtOnce, hits.length)
      while (hits[to] !== undefined && hits[to]?.ns === hits[to - 1]?.ns) to += 1
      await this.#addSurroundings(hits.slice(from, to))
      this.#hitsAtOnce = Math.min(this.#hitsAtOnce * 2, hitsAtOnce.most)
      const lastNs = hits[to - 1]?.ns ?? edgeNs
      const reachedNs = this.#isForward ? lastNs + 1n : lastNs
      if (to < hits.length) yield this.#release(this.#isForward ? reachedNs - spanNs : reachedNs, false)
      from = to
    }
    yield this.#release(this.#isForward ? edgeNs - spanNs : edgeNs, isEnd)
  }

  /** Adds the records that have one of these lines. */
  async #addSurroundings(hits: readonly Entry[]): Promise<void> {
    const clusters = [...this.#byContainer(hits)].flatMap(([key, own]) => {
      const container = this.#containers.get(key)
      const ns = own.map((each) => each.ns).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      return container === undefined ? [] : clustersOf(ns).map((cluster) => ({ container, cluster }))
    })
    await inParallel(clusters, requestsAtOnce, async ({ container, cluster }) => {
      const lines: Entry[] = []
      for await (const page of linesOf(this.#input.lines, container, surroundings(cluster), this.#signal)) {
        lines.push(...page)
        this.linesRead += page.length
      }
      const times = new Set(cluster)
      const hasHit = ({ first, last }: EngineRecord): boolean =>
        lines.slice(first, last + 1).some(({ ns }) => times.has(ns))
      this.#add(recordsOf(lines, container, this.#input.lines.keepsOrder).filter(hasHit))
    })
  }

  #byContainer(entries: readonly Entry[]): Map<string, Entry[]> {
    const groups = Map.groupBy(entries, ({ origin }) => originKey(origin))
    for (const key of groups.keys()) if (!this.#containers.has(key)) groups.delete(key)
    return groups
  }

  #add(records: readonly EngineRecord[]): void {
    const { query } = this.#input
    for (const each of records) {
      const id = `${each.position.atMs} ${each.position.seq} ${each.record.pod} ${each.record.container}`
      if (this.#seen.has(id) || !this.#isBeyondCursor(each.position) || !matches(query, each.record)) continue
      this.#seen.add(id)
      this.#pending.push(each)
    }
  }

  #isBeyondCursor(position: Position): boolean {
    const { cursor } = this.#input
    if (cursor === undefined) return true
    return this.#isForward ? compare(position, cursor) > 0 : compare(position, cursor) < 0
  }

  /** Gives the records that no other one can come before: those up to this time, in the direction. */
  #release(completeNs: bigint, isEnd: boolean): ScanStep {
    const isComplete = ({ position }: EngineRecord): boolean =>
      isEnd || (this.#isForward ? nsOfPosition(position) < completeNs : nsOfPosition(position) >= completeNs)
    const sign = this.#isForward ? 1 : -1
    const records = this.#pending.filter(isComplete).sort((a, b) => sign * compare(a.position, b.position))
    this.#pending = this.#pending.filter((each) => !isComplete(each))
    const searchedTo = this.#isForward ? positionAfter(completeNs - 1n) : positionOf(completeNs)
    return { records, searchedTo: this.#isBeyondCursor(searchedTo) ? searchedTo : undefined, isEnd }
  }
}

/** Times whose surroundings touch, together. Pure. */
export function clustersOf(sorted: readonly bigint[]): bigint[][] {
  const clusters: bigint[][] = []
  for (const ns of sorted) {
    const last = clusters.at(-1)
    const isNear = last !== undefined && ns - (last.at(-1) ?? ns) <= 2n * spanNs
    if (isNear && ns - (last[0] ?? ns) <= longestClusterNs) last.push(ns)
    else clusters.push([ns])
  }
  return clusters
}

const surroundings = (cluster: readonly bigint[]): NsRange => ({
  fromNs: (cluster[0] ?? 0n) - spanNs,
  toNs: (cluster.at(-1) ?? 0n) + spanNs + 1n,
})

/** The engine, or a proxy before it, has given up. */
const isTooSlow = (error: unknown): boolean =>
  error instanceof Problem &&
  (error.code === 'TIMED_OUT' ||
    /deadline exceeded|timed? ?out|time exceeded|too many bytes|HTTP 504/i.test(error.evidence))

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
