import type { LogRecord } from '../../preload/contract/logs.ts'
import { levels as allLevels, levelTone } from './levels.ts'
import type { Range } from './query.ts'

/** Lines in a step of time, by level. */
export interface Bucket {
  readonly from: string
  readonly counts: Readonly<Record<string, number>>
}

/** The shortest step of the core. */
const minuteMs = 60_000

export const total = ({ counts }: Bucket): number => Object.values(counts).reduce((sum, count) => sum + count, 0)

/** From the bottom of a column: severe levels are on top. */
export const stack = [
  { tone: 'idle', levels: ['TRACE', 'DEBUG', ''] },
  { tone: 'busy', levels: ['INFO'] },
  { tone: 'warn', levels: ['WARN'] },
  { tone: 'bad', levels: ['ERROR', 'FATAL'] },
] as const

export function inStack(bucket: Bucket, { tone, levels }: (typeof stack)[number]): number {
  const known = levels.reduce((sum, level) => sum + (bucket.counts[level] ?? 0), 0)
  if (tone !== 'idle') return known
  // Lines without a level count as idle, under any name.
  const named = allLevels
    .filter((level) => levelTone[level] !== 'idle')
    .reduce((sum, level) => sum + (bucket.counts[level] ?? 0), 0)
  return total(bucket) - named
}

export function stepMs([first, second]: readonly Bucket[]): number {
  return first === undefined || second === undefined ? minuteMs : Date.parse(second.from) - Date.parse(first.from)
}

/** When the last step ends, in ms since 1970. */
export const endMs = (buckets: readonly Bucket[]): number => Date.parse(buckets.at(-1)?.from ?? '') + stepMs(buckets)

/** The range from one step to another, both included, in any order. */
export function rangeOf(buckets: readonly Bucket[], one: number, other: number): Range | undefined {
  const [first, last] = [buckets[Math.min(one, other)], Math.max(one, other)]
  if (first === undefined || buckets[last] === undefined) return undefined
  const to = buckets[last + 1]?.from ?? new Date(endMs(buckets)).toISOString()
  return { kind: 'between', from: first.from, to }
}

/** Three times the range around its middle; everything, where that is no more than what is stored. */
export function zoomedOut(range: Range, oldest: string, newest: string): Range {
  if (range.kind !== 'between') return { kind: 'all' }
  const [from, to] = [Date.parse(range.from), Date.parse(range.to)]
  const wider = { from: from - (to - from), to: to + (to - from) }
  if (wider.from <= Date.parse(oldest) && wider.to >= Date.parse(newest)) return { kind: 'all' }
  return { kind: 'between', from: new Date(wider.from).toISOString(), to: new Date(wider.to).toISOString() }
}

/** With more steps than this the histogram is loaded again, with longer ones. */
const maxAdded = 40

/**
 * The histogram with lines that have arrived. `slides`: it ends now, so that it gets new steps at its end and loses as many
 * at its beginning; otherwise it grows. Undefined when it has to be loaded again.
 */
export function withCounts(
  buckets: readonly Bucket[],
  records: readonly LogRecord[],
  slides: boolean,
): readonly Bucket[] | undefined {
  const first = buckets[0]
  if (first === undefined) return undefined
  const [startMs, step] = [Date.parse(first.from), stepMs(buckets)]
  const added = new Map<number, Record<string, number>>()
  for (const { at, level } of records) {
    const index = Math.floor((Date.parse(at) - startMs) / step)
    if (index < 0) continue
    if (index >= buckets.length + maxAdded) return undefined
    const counts = added.get(index) ?? {}
    const name = level ?? 'NONE'
    counts[name] = (counts[name] ?? 0) + 1
    added.set(index, counts)
  }
  const length = Math.max(buckets.length, ...[...added.keys()].map((index) => index + 1))
  const grown = Array.from({ length }, (_, index): Bucket => {
    const bucket = buckets[index] ?? { from: new Date(startMs + index * step).toISOString(), counts: {} }
    const more = added.get(index)
    if (more === undefined) return bucket
    const counts = { ...bucket.counts }
    for (const [level, count] of Object.entries(more)) counts[level] = (counts[level] ?? 0) + count
    return { ...bucket, counts }
  })
  return slides ? grown.slice(length - buckets.length) : grown
}
