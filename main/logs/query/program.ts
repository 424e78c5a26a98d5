/** A program of RE2 as re2js compiles it: its own automaton reads strings, character by character. */
export interface Program {
  readonly start: number
  readonly inst: readonly Instruction[]
}

export interface Instruction {
  readonly op: number
  readonly out: number
  readonly arg: number
  /** Of characters: one, or the first and the last of each range, in ascending order. */
  readonly runes: ArrayLike<number>
  matchRune(character: number): boolean
}

/** Operations of re2js, which it does not export; tests compare each with its own result. */
export const op = {
  alternative: 1,
  alternativeMatch: 2,
  capture: 3,
  assertion: 4,
  fail: 5,
  match: 6,
  none: 7,
  character: 8,
  oneCharacter: 9,
  any: 10,
  anyInLine: 11,
} as const

const known: readonly number[] = Object.values(op)

/** Whether a program has no operation but these. */
export const isKnown = ({ inst }: Program): boolean => inst.every((each) => known.includes(each.op))

const lineBreak = 0x0a

/** Whether an instruction reads this character; false for one that reads none. */
export function reads(instruction: Instruction, character: number): boolean {
  switch (instruction.op) {
    case op.character:
    case op.oneCharacter:
      return instruction.matchRune(character)
    case op.any:
      return true
    case op.anyInLine:
      return character !== lineBreak
    default:
      return false
  }
}
