import { fold, patternPredicate, type Subject } from '../query/evaluate.ts'
import { MatchStarts } from '../query/match-starts.ts'
import type { LogRegex } from '../query/regex.ts'
import type { Requirement } from '../query/requirement.ts'
import type { Block } from './block.ts'
import { fromKubelet } from './block-columns.ts'
import { toLowerCase } from './lower-case.ts'
import type { CompiledQuery } from './query.ts'
import { compare, fieldsOf, levelOf, maskOf } from './record.ts'
import { filterBitsOf, foldsIntoAscii } from './signature.ts'

/** The rows of a block that match a query, in their order. Throws BLOCK_DAMAGED. */
export function matchingRows(block: Block, { holds, requirement, before, after }: CompiledQuery): number[] {
  if (!mayFulfil(requirement, block)) return []
  const candidates = rowsFulfilling(requirement, block, undefined)
  // Not even the columns are read of a block without a candidate.
  if (candidates?.length === 0) return []
  const subject = new RowSubject(block)
  const found: number[] = []
  const count = candidates?.length ?? block.columns.count
  for (let index = 0; index < count; index += 1) {
    subject.row = candidates?.[index] ?? index
    if (before !== undefined && compare(subject, before) >= 0) continue
    if (after !== undefined && compare(subject, after) <= 0) continue
    if (holds(subject)) found.push(subject.row)
  }
  return found
}

/** Whether the filter of a part allows for a match: then it is not even decompressed. */
function mayFulfil(requirement: Requirement, block: Block): boolean {
  switch (requirement.kind) {
    case 'all':
      return requirement.of.every((each) => mayFulfil(each, block))
    case 'any':
      return requirement.of.some((each) => mayFulfil(each, block))
    case 'text':
      return block.mayHold(textSearchOf(requirement).filterBits)
    default:
      return true
  }
}

/** A record of a block as a query sees it: nothing is decoded that the query does not ask for. One object serves all rows. */
class RowSubject implements Subject {
  readonly #block: Block
  #row = 0
  #raw: string | undefined
  #folded: string | undefined

  constructor(block: Block) {
    this.#block = block
  }

  get row(): number {
    return this.#row
  }

  set row(row: number) {
    this.#row = row
    this.#raw = undefined
    this.#folded = undefined
  }

  get seq() {
    return this.#block.seq(this.#row)
  }

  get atMs() {
    return this.#block.columns.timesMs[this.#row] ?? 0
  }

  get level() {
    return levelOf((this.#block.columns.levels[this.#row] ?? 0) % fromKubelet)
  }

  get source() {
    return this.#block.origin(this.#row).source
  }

  get pod() {
    return this.#block.origin(this.#row).pod
  }

  get container() {
    return this.#block.origin(this.#row).container
  }

  get raw() {
    this.#raw ??= this.#block.raw(this.#row)
    return this.#raw
  }

  rawMatches(regex: LogRegex) {
    const { bytes, starts, ends } = this.#block.text
    return regex.testBytes(bytes, starts[this.#row] ?? 0, ends[this.#row] ?? 0)
  }

  folded() {
    this.#folded ??= fold(this.raw)
    return this.#folded
  }

  fields() {
    return fieldsOf(this.#block.record(this.#row))
  }
}

/** Rows in ascending order; undefined for all rows. */
type Rows = readonly number[] | undefined

/** Those of the given rows for which a requirement holds, at least: what it cannot decide stays. */
function rowsFulfilling(requirement: Requirement, block: Block, rows: Rows): Rows {
  switch (requirement.kind) {
    case 'all': {
      // Text comes first: it is searched without the columns.
      const ordered = requirement.of.toSorted((a, b) => cost(a) - cost(b))
      return ordered.reduce<Rows>((left, each) => (left?.length === 0 ? left : rowsFulfilling(each, block, left)), rows)
    }
    case 'any': {
      const fulfilling = requirement.of.map((each) => rowsFulfilling(each, block, rows))
      if (fulfilling.includes(undefined)) return rows
      return [...new Set(fulfilling.flatMap((each) => each ?? []))].sort((a, b) => a - b)
    }
    case 'text':
      return rowsWithText(requirement, block, rows)
    case 'starts':
      return rowsWithStart(requirement.starts, block, rows)
    case 'level': {
      const mask = requirement.levels.reduce((sum, level) => sum | maskOf(level), 0)
      const { levels } = block.columns
      return filterRows(block, rows, (row) => (mask & (1 << ((levels[row] ?? 0) % fromKubelet))) !== 0)
    }
    case 'time': {
      const { timesMs } = block.columns
      const { fromMs, toMs } = requirement
      return filterRows(block, rows, (row) => (timesMs[row] ?? 0) >= fromMs && (timesMs[row] ?? 0) < toMs)
    }
    case 'origin': {
      const fits = patternPredicate(requirement.pattern)
      const { origins, originOf } = block.columns
      const fitting = origins.map((origin) => fits(origin[requirement.name]))
      return fitting.every(Boolean) ? rows : filterRows(block, rows, (row) => fitting[originOf[row] ?? 0] === true)
    }
  }
}

const cost = ({ kind }: Requirement): number => (kind === 'text' ? 0 : kind === 'all' || kind === 'any' ? 1 : 2)

function filterRows(block: Block, rows: Rows, holds: (row: number) => boolean): number[] {
  if (rows !== undefined) return rows.filter(holds)
  const found: number[] = []
  for (let row = 0; row < block.columns.count; row += 1) if (holds(row)) found.push(row)
  return found
}

/** What a text is searched for with; made once for all blocks. */
interface TextSearch {
  readonly filterBits: readonly number[]
  /** Undefined for a short text: of one, most bytes would be read one by one. */
  readonly starts: MatchStarts | undefined
}

type TextRequirement = Extract<Requirement, { kind: 'text' }>
const textSearches = new WeakMap<TextRequirement, TextSearch>()
const shortText = 6

function textSearchOf(requirement: TextRequirement): TextSearch {
  const { text } = requirement
  const known = textSearches.get(requirement)
  if (known !== undefined) return known
  const isSearchedByStarts = text.length >= shortText && isAscii(text)
  const made = { filterBits: filterBitsOf(text), starts: isSearchedByStarts ? MatchStarts.ofText(text) : undefined }
  textSearches.set(requirement, made)
  return made
}

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text)

/** The rows with this text, which is in lower case; all rows where the bytes cannot show it. */
function rowsWithText(requirement: TextRequirement, block: Block, rows: Rows): Rows {
  const { text } = requirement
  if (text === '' || !isAscii(text) || foldsIntoAscii(block.bytes)) return rows
  const { starts } = textSearchOf(requirement)
  const found = starts === undefined ? rowsWithShortText(text, block) : rowsWithStart(starts, block, undefined)
  if (rows === undefined || found === undefined) return found
  const given = new Set(rows)
  return found.filter((each) => given.has(each))
}

function rowsWithShortText(text: string, block: Block): number[] {
  const folded = toLowerCase(block.bytes)
  return rowsWith((from) => folded.indexOf(text, from), text.length, block)
}

/** The rows in which a match can start: to look for it in few given rows takes longer than to match them. */
const rowsWithStart = (starts: MatchStarts, block: Block, rows: Rows): Rows =>
  rows ?? rowsWith((from) => starts.next(block.bytes, from), starts.length, block)

/** The rows with a hit of this length. `next` returns the first index of one from an index on, or -1. */
function rowsWith(next: (from: number) => number, length: number, block: Block): number[] {
  let at = next(0)
  if (at === -1) return []
  const { starts, ends } = block.text
  const found: number[] = []
  let row = 0
  while (at !== -1) {
    while ((ends[row] ?? Number.POSITIVE_INFINITY) <= at) row += 1
    // A hit can lie over the end of its record.
    const isInside = at >= (starts[row] ?? 0) && at + length <= (ends[row] ?? 0)
    if (isInside) found.push(row)
    at = next(isInside ? (ends[row] ?? 0) : at + 1)
  }
  return found
}
