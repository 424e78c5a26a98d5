import { placeholder } from './mask.ts'

/** Lines that differ only where `words` has placeholders. */
export interface Pattern {
  readonly index: number
  readonly words: readonly string[]
}

/** Words at the beginning that lead to a group of patterns. */
const prefixWords = 2
/** Different words at one place of the prefix; further ones share a group. */
const maxBranches = 100
/** The part of the constant words that a line must share with a pattern. */
const leastShared = 0.7
/** Masked messages whose pattern is remembered: most lines repeat one. */
const maxRemembered = 20_000

interface Growing extends Pattern {
  words: readonly string[]
  /** Of the constant words, and `variable` elsewhere. */
  numbers: readonly number[]
}

interface Node {
  readonly branches: Map<string, Node>
  readonly group: Growing[]
}

/** The number of a placeholder, and of the empty words between two spaces. */
const variable = 0

/**
 * Finds the patterns of messages as they arrive: a tree of fixed depth, whose levels are the number of words and the first
 * words, leads to a few patterns, of which the most similar is chosen (P. He, J. Zhu, Z. Zheng, M. R. Lyu: "Drain: An Online Log
 * Parsing Approach with Fixed Depth Tree", ICWS 2017). Other than there, only words that are constant in the pattern count for
 * the similarity, so that "order <*> accepted" and "order <*> refused" stay apart.
 */
export class PatternTree {
  readonly #limit: number
  readonly #patterns: Growing[] = []
  /** By the kind of a line and its number of words. */
  readonly #roots = new Map<string, Node>()
  readonly #remembered = new Map<string, number>()
  /** Numbers are compared in a fraction of the time that words take. */
  readonly #numbers = new Map([
    [placeholder, variable],
    ['', variable],
  ])

  constructor(limit: number) {
    this.#limit = limit
  }

  get patterns(): readonly Pattern[] {
    return this.#patterns
  }

  /** The index of the line's pattern; undefined if it would be one more than the limit. Lines of different kinds have different ones. */
  add(words: readonly string[], kind: string): number | undefined {
    const key = `${kind}\n${words.join(' ')}`
    const known = this.#remembered.get(key)
    if (known !== undefined) return known
    const group = this.#groupOf(words, kind)
    const numbers = words.map((word) => this.#numberOf(word))
    const similar = mostSimilar(group, numbers)
    if (similar !== undefined) generalise(similar, words, numbers)
    const index = similar?.index ?? this.#create(group, words, numbers)
    if (index !== undefined && this.#remembered.size < maxRemembered) this.#remembered.set(key, index)
    return index
  }

  #create(group: Growing[], words: readonly string[], numbers: readonly number[]): number | undefined {
    if (this.#patterns.length >= this.#limit) return undefined
    const pattern = { index: this.#patterns.length, words, numbers }
    this.#patterns.push(pattern)
    group.push(pattern)
    return pattern.index
  }

  #groupOf(words: readonly string[], kind: string): Growing[] {
    let node = branch(this.#roots, `${kind}\n${words.length}`, Number.POSITIVE_INFINITY)
    for (const word of words.slice(0, Math.min(prefixWords, words.length - 1))) {
      node = branch(node.branches, word.includes(placeholder) ? placeholder : word, maxBranches)
    }
    return node.group
  }

  #numberOf(word: string): number {
    const known = this.#numbers.get(word)
    if (known !== undefined) return known
    const number = this.#numbers.size
    this.#numbers.set(word, number)
    return number
  }
}

/** The branch of a word; the one of the placeholder where there are too many. */
function branch(branches: Map<string, Node>, word: string, limit: number): Node {
  const name = branches.has(word) || branches.size < limit ? word : placeholder
  const known = branches.get(name)
  if (known !== undefined) return known
  const node = { branches: new Map(), group: [] }
  branches.set(name, node)
  return node
}

function mostSimilar(group: readonly Growing[], numbers: readonly number[]): Growing | undefined {
  let best: Growing | undefined
  let bestShared = 0
  for (const pattern of group) {
    const shared = sharedPart(pattern.numbers, numbers)
    if (shared < leastShared || shared <= bestShared) continue
    best = pattern
    bestShared = shared
  }
  return best
}

/** Of the words that are constant in the pattern, the part that the line has too. Where none is, only lines without words are alike. */
function sharedPart(pattern: readonly number[], numbers: readonly number[]): number {
  let [constant, shared] = [0, 0]
  for (let at = 0; at < pattern.length; at += 1) {
    if (pattern[at] === variable) continue
    constant += 1
    if (pattern[at] === numbers[at]) shared += 1
  }
  if (constant > 0) return shared / constant
  return numbers.every((number) => number === variable) ? 1 : 0
}

/** Puts a placeholder where the words differ. The name of `name=value` stays. */
function generalise(pattern: Growing, words: readonly string[], numbers: readonly number[]): void {
  if (pattern.numbers.every((number, at) => number === variable || number === numbers[at])) return
  pattern.words = pattern.words.map((word, at) => {
    if (pattern.numbers[at] === variable || pattern.numbers[at] === numbers[at]) return word
    const name = word.slice(0, word.indexOf('=') + 1)
    return name !== '' && words[at]?.startsWith(name) === true ? `${name}${placeholder}` : placeholder
  })
  pattern.numbers = pattern.numbers.map((number, at) => (number === numbers[at] ? number : variable))
}
