import { type Instruction, isKnown, op, type Program, reads } from './program.ts'

/** What an assertion asks for, as bits of its argument. */
const [lineStart, lineEnd, textStart, textEnd, wordBoundary, noWordBoundary] = [1, 2, 4, 8, 16, 32]

const lineBreak = 0x0a
const end = -1
const isWord = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f

/** The instructions from which a state goes on, and the byte before them; `end` at the start of the text. */
interface State {
  readonly from: readonly number[]
  readonly before: number
}

/** In the table of transitions, beside the numbers of states from 1 on. */
const [notMade, matched, undecided] = [0, -1, -2]
const columns = 256
/** 1 KB each; an expression that needs more is left to re2js. */
const maxStates = 1_000
/** Instructions visited while transitions are made: some tens of milliseconds. */
const maxVisited = 1_000_000

/**
 * A deterministic automaton for bytes of ASCII: one look-up for each byte. States are made when they are first reached, so that
 * time is linear in the text, and memory is bounded.
 */
export class ByteAutomaton {
  readonly #program: Program
  readonly #numbers = new Map<string, number>()
  readonly #states: State[] = []
  /** By the number of the state. */
  readonly #matchesAtEnd: (boolean | undefined)[] = []
  #visited = 0
  #table = new Int32Array(16 * columns)

  /** Undefined for a program with other operations. */
  static of(program: Program): ByteAutomaton | undefined {
    return isKnown(program) ? new ByteAutomaton(program) : undefined
  }

  private constructor(program: Program) {
    this.#program = program
    this.#numberOf({ from: [program.start], before: end })
  }

  /** Whether a part of this text matches; undefined where it has bytes beyond ASCII before a match, or needs too many states. */
  test(bytes: Uint8Array, start: number, limit: number): boolean | undefined {
    let table = this.#table
    let state = 1
    for (let at = start; at < limit; at += 1) {
      const byte = bytes[at] ?? 0
      let next = table[state * columns + byte] ?? undecided
      if (next < 1) {
        if (next === notMade) next = this.#make(state, byte)
        if (next === matched) return true
        if (next === undecided) return undefined
        table = this.#table
      }
      state = next
    }
    const known = this.#matchesAtEnd[state] ?? this.#closure(state, end).isMatch
    this.#matchesAtEnd[state] = known
    return known
  }

  #make(number: number, byte: number): number {
    const next = byte >= 0x80 || this.#visited > maxVisited ? undecided : this.#step(number, byte)
    this.#table[number * columns + byte] = next
    return next
  }

  #step(number: number, byte: number): number {
    const { isMatch, at } = this.#closure(number, byte)
    if (isMatch) return matched
    const from = at.flatMap((each) => (each !== undefined && reads(each, byte) ? [each.out] : []))
    // A match can begin at each place.
    return this.#numberOf({ from: [...new Set([...from, this.#program.start])].sort((a, b) => a - b), before: byte })
  }

  #numberOf(state: State): number {
    const before =
      state.before === end || state.before === lineBreak ? state.before : isWord(state.before) ? 0x61 : 0x20
    const key = `${before} ${state.from.join(' ')}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#states.length + 1
    if (number > maxStates) return undecided
    this.#states.push({ from: state.from, before })
    this.#numbers.set(key, number)
    if ((number + 1) * columns > this.#table.length) {
      const larger = new Int32Array(this.#table.length * 2)
      larger.set(this.#table)
      this.#table = larger
    }
    return number
  }

  /** What can be reached from a state without reading, if this byte comes next. */
  #closure(
    number: number,
    next: number,
  ): { readonly isMatch: boolean; readonly at: readonly (Instruction | undefined)[] } {
    const { from, before } = this.#states[number - 1] ?? { from: [], before: end }
    const holding = assertionsBetween(before, next)
    const seen = new Set<number>()
    const pending = [...from]
    let isMatch = false
    this.#visited += from.length
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      const each = this.#program.inst[index]
      if (each === undefined || seen.has(index)) continue
      seen.add(index)
      this.#visited += 1
      if (each.op === op.match) isMatch = true
      else if (each.op === op.alternative || each.op === op.alternativeMatch) pending.push(each.out, each.arg)
      else if (each.op === op.capture || each.op === op.none) pending.push(each.out)
      else if (each.op === op.assertion && (each.arg & ~holding) === 0) pending.push(each.out)
    }
    return { isMatch, at: [...seen].map((index) => this.#program.inst[index]) }
  }
}

function assertionsBetween(before: number, next: number): number {
  const isBoundary = (before !== end && isWord(before)) !== (next !== end && isWord(next))
  return (
    (before === end ? textStart | lineStart : before === lineBreak ? lineStart : 0) |
    (next === end ? textEnd | lineEnd : next === lineBreak ? lineEnd : 0) |
    (isBoundary ? wordBoundary : noWordBoundary)
  )
}
