import type { LogPattern, LogPatterns, LogQuery, LogRecord } from '../../../preload/contract/logs.ts'
import type { Found } from '../store/search.ts'
import { changeOf } from './change.ts'
import { constantPart } from './constant-part.ts'
import { maskedWords } from './mask.ts'
import { phraseMatches, type ReadLine } from './phrase-matches.ts'
import { PatternTree } from './tree.ts'

export interface PatternsInput {
  readonly query: LogQuery
  /** The same query at another time. */
  readonly compare?: { readonly from: string; readonly to: string } | undefined
}

type Search = (query: LogQuery, signal: AbortSignal) => AsyncIterable<Found>

const maxLines = 100_000
/** The text of the lines is in memory until the end. With longer lines, fewer are read. */
const maxCharacters = 48_000_000
const maxPatterns = 2_000
const maxSources = 5
const maxExampleCharacters = 500
/** Steps of the small histograms. */
const steps = 24
/** Without another time, the last of so many parts is compared with those before it. */
const parts = 4
const progressMs = 250
const progressPatterns = 100

/**
 * The patterns of the newest lines that match, at most four times a second while lines are read, and at the end. Throws
 * QUERY_INVALID, or the abort reason.
 */
export async function* findPatterns(
  search: Search,
  { query, compare }: PatternsInput,
  signal: AbortSignal,
): AsyncGenerator<LogPatterns> {
  const tree = new PatternTree(maxPatterns)
  const read = new Reading(query, 'withText')
  const compared = compare && new Reading({ ...query, ...compare }, 'counts')
  let lastMs = performance.now()
  for (const reading of compared === undefined ? [read] : [read, compared]) {
    for await (const _ of reading.lines(search, tree, signal)) {
      if (performance.now() - lastMs < progressMs) continue
      const result = resultOf(tree, read, compared, progressPatterns)
      yield { kind: 'progress', ...result, patterns: result.patterns.map(({ index: _, ...pattern }) => pattern) }
      lastMs = performance.now()
    }
  }
  const phrases = tree.patterns.map(({ words }) => constantPart(words))
  const matches = await phraseMatches(read.kept, phrases, signal)
  const done = resultOf(tree, read, compared, maxPatterns)
  yield {
    kind: 'done',
    ...done,
    patterns: done.patterns.map(({ index, ...pattern }) => {
      const [text, match] = [phrases[index], matches[index]]
      if (text === undefined || match === undefined || match.own === 0) return pattern
      const isExact = match.own === pattern.count && match.all === pattern.count
      return { ...pattern, phrase: { text, isExact, lines: match.all } }
    }),
  }
}

/** What is known of the lines of a pattern. */
interface Seen {
  count: number
  oldestMs: number
  newestMs: number
  readonly sources: Set<string>
  readonly level: LogRecord['level']
  readonly example: string
}

/** The lines of one time. */
class Reading {
  readonly #query: LogQuery
  readonly #keep: 'withText' | 'counts'
  readonly kept: (ReadLine & { readonly atMs: number })[] = []
  /** By the index of the pattern. */
  readonly seen: (Seen | undefined)[] = []
  rest = 0
  more = false
  damaged = 0
  #characters = 0

  constructor(query: LogQuery, keep: 'withText' | 'counts') {
    this.#query = query
    this.#keep = keep
  }

  async *lines(search: Search, tree: PatternTree, signal: AbortSignal): AsyncGenerator<void> {
    for await (const event of search({ ...this.#query, order: 'newest', limit: maxLines }, signal)) {
      if (event.kind === 'done') {
        this.more = event.more
        this.damaged = event.damaged ?? 0
        continue
      }
      for (const record of event.records) this.#add(record, tree)
      if (this.#characters > maxCharacters) {
        this.more = true
        return
      }
      yield
    }
  }

  /** From the oldest line that was read, or what the query asks for, to the newest; undefined without any. */
  get times(): readonly [number, number] | undefined {
    const [newest, oldest] = [this.kept[0], this.kept.at(-1)]
    if (newest === undefined || oldest === undefined) return undefined
    const { from, to } = this.#query
    const fromMs = from === undefined || this.more ? oldest.atMs : Date.parse(from)
    const toMs = to === undefined ? newest.atMs : Date.parse(to)
    return [fromMs, Math.max(toMs, fromMs + 1)]
  }

  #add({ raw, message, level, source, at, format }: LogRecord, tree: PatternTree): void {
    // It is not a line, but marks missing ones.
    if (format === 'gap') return
    const text = message === '' ? raw : message
    const pattern = tree.add(maskedWords(text), level ?? '')
    const atMs = Date.parse(at)
    const kept = this.#keep === 'withText' ? raw : ''
    this.kept.push({ raw: kept, pattern, atMs })
    this.#characters += kept.length
    if (pattern === undefined) {
      this.rest += 1
      return
    }
    const seen = this.seen[pattern] ?? {
      count: 0,
      oldestMs: atMs,
      newestMs: atMs,
      sources: new Set(),
      level,
      example: text.slice(0, maxExampleCharacters),
    }
    this.seen[pattern] = seen
    seen.count += 1
    seen.oldestMs = Math.min(seen.oldestMs, atMs)
    seen.newestMs = Math.max(seen.newestMs, atMs)
    if (seen.sources.size < maxSources) seen.sources.add(source)
  }
}

type Indexed = LogPattern & { readonly index: number }

function resultOf(
  tree: PatternTree,
  read: Reading,
  compared: Reading | undefined,
  limit: number,
): Omit<LogPatterns, 'kind' | 'patterns'> & { readonly patterns: readonly Indexed[] } {
  const { kept, more, rest, times } = read
  const [fromMs, toMs] = times ?? [0, 1]
  const counts = countsByStep(read, fromMs, toMs, tree.patterns.length)
  const share = shareOf(times, compared)
  const patterns = tree.patterns
    .flatMap(({ index, words }): Indexed[] => {
      const [now, then] = [read.seen[index], compared?.seen[index]]
      const either = now ?? then
      if (either === undefined) return []
      const own = counts[index] ?? []
      const count = now?.count ?? 0
      const recent = sum(own.slice(-steps / parts))
      const change =
        compared === undefined
          ? changeOf(recent, count - recent, 1 / (parts - 1))
          : changeOf(count, then?.count ?? 0, share)
      return [
        {
          index,
          text: words.join(' '),
          level: either.level,
          sources: [...new Set([...(now?.sources ?? []), ...(then?.sources ?? [])])].slice(0, maxSources),
          count,
          ...(compared !== undefined && { before: then?.count ?? 0 }),
          counts: own,
          change,
          oldest: time(Math.min(either.oldestMs, then?.oldestMs ?? either.oldestMs)),
          newest: time(either.newestMs),
          example: either.example,
        },
      ]
    })
    .sort(byInterest)
    .slice(0, limit)
  const damaged = read.damaged + (compared?.damaged ?? 0)
  return {
    lines: kept.length,
    more,
    from: times === undefined ? null : time(fromMs),
    to: times === undefined ? null : time(toMs),
    patterns,
    rest,
    ...(compared !== undefined && { compared: { lines: compared.kept.length, more: compared.more } }),
    ...(damaged > 0 && { damaged }),
  }
}

/** How long the time is, divided by the time that it is compared with. Without lines, both are the same. */
function shareOf(times: Reading['times'], compared: Reading | undefined): number {
  const other = compared?.times
  if (times === undefined || other === undefined) return 1
  return (times[1] - times[0]) / (other[1] - other[0])
}

function countsByStep({ kept }: Reading, fromMs: number, toMs: number, patterns: number): number[][] {
  const counts = Array.from({ length: patterns }, () => Array.from({ length: steps }, () => 0))
  for (const { pattern, atMs } of kept) {
    const own = pattern === undefined ? undefined : counts[pattern]
    const step = Math.min(steps - 1, Math.floor(((atMs - fromMs) / (toMs - fromMs)) * steps))
    if (own !== undefined) own[step] = (own[step] ?? 0) + 1
  }
  return counts
}

const isRising = ({ change }: LogPattern): boolean => change === 'new' || change === 'risen'

const byInterest = (a: LogPattern, b: LogPattern): number =>
  Number(isRising(b)) - Number(isRising(a)) || b.count - a.count || (b.before ?? 0) - (a.before ?? 0)

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
const time = (ms: number): string => new Date(ms).toISOString()
