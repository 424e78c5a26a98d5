import type { Level, LogQuery } from '../../../preload/contract/logs.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { fromId, levelNumber, type Position, type StoredRecord } from './record.ts'
import { fold } from './signature.ts'

/** The conditions that every match satisfies. */
export interface CompiledQuery {
  /** In lower case; all of them must occur. */
  readonly terms: readonly string[]
  /** Bit n: records of level number n match. */
  readonly levelMask: number
  readonly sources: ReadonlySet<string> | undefined
  readonly fromMs: number
  readonly toMs: number
  /** Only records older than this. */
  readonly before: Position | undefined
  readonly limit: number
}

const allLevels = 0xff

/** Throws QUERY_INVALID. */
export function compileQuery(query: LogQuery): CompiledQuery {
  const { text = '', levels = [], sources = [], from, to, before, limit = 200 } = query
  const position = before === undefined ? undefined : fromId(before)
  if (before !== undefined && position === undefined)
    throw new Problem('QUERY_INVALID', '`before` is not the id of a record.')
  return {
    terms: termsOf(text),
    levelMask: levels.length === 0 ? allLevels : levels.reduce((mask, level) => mask | maskOf(level), 0),
    sources: sources.length === 0 ? undefined : new Set(sources),
    fromMs: from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(from),
    toMs: to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to),
    before: position,
    limit,
  }
}

/** Words, and phrases in double quotes; an unclosed quote extends to the end. */
function termsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"?|(\S+)/g)]
    .map(([, phrase, word]) => fold(phrase ?? word ?? ''))
    .filter((term) => term !== '')
}

export function maskOf(level: Level | null): number {
  return 1 << levelNumber(level)
}

/** Checks a whole block by its summary, without its text. */
export function mayMatch(
  { levelMask, fromMs, toMs, before }: CompiledQuery,
  block: { readonly minMs: number; readonly maxMs: number; readonly levels: number },
): boolean {
  return (
    (block.levels & levelMask) !== 0 &&
    block.maxMs >= fromMs &&
    block.minMs <= toMs &&
    (before === undefined || block.minMs <= before.atMs)
  )
}

export function matches(
  { terms, levelMask, sources, fromMs, toMs, before }: CompiledQuery,
  record: StoredRecord,
): boolean {
  const { atMs, seq, level, source, raw } = record
  if (atMs < fromMs || atMs > toMs) return false
  if (before !== undefined && (atMs > before.atMs || (atMs === before.atMs && seq >= before.seq))) return false
  if ((maskOf(level) & levelMask) === 0) return false
  if (sources !== undefined && !sources.has(source)) return false
  if (terms.length === 0) return true
  const folded = fold(raw)
  return terms.every((term) => folded.includes(term))
}
