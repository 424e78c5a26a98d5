import { type Instruction, isKnown, op, type Program, reads } from './program.ts'

/** Places are bits of one number, without its sign. */
const maxPlaces = 31
/** Instructions visited while the places are made: some milliseconds. */
const maxVisited = 100_000

/**
 * Where a regular expression can match, by what each byte from the start of a match can be: the places that all matches have.
 * Most bytes of a text are never read: what is read at the end of a window shows how far the next one can be (BNDM, Navarro and
 * Raffinot, "Fast and flexible string matching by combining bit-parallelism and suffix automata").
 */
export class MatchStarts {
  /** How many bytes the shortest match has, of ASCII; at most 31. */
  readonly length: number
  /** For each byte: bit n is set where it can be at place n, counted from the last one. */
  readonly #places: Int32Array

  /** Undefined where a match can be empty, or nothing is known of it. */
  static of(program: Program): MatchStarts | undefined {
    const places = isKnown(program) ? placesOf(program) : []
    return places.length === 0 ? undefined : new MatchStarts(places.length, byByte(places))
  }

  /** Of a text of ASCII, in upper or lower case: of a long one, where its first characters are. */
  static ofText(text: string): MatchStarts {
    const searched = text.slice(0, maxPlaces)
    const places = new Int32Array(256)
    for (const [place, character] of [...searched].entries()) {
      for (const byte of new Set([character.toLowerCase().charCodeAt(0), character.toUpperCase().charCodeAt(0)])) {
        places[byte] = (places[byte] ?? 0) | (1 << (searched.length - 1 - place))
      }
    }
    return new MatchStarts(searched.length, places)
  }

  private constructor(length: number, places: Int32Array) {
    this.length = length
    this.#places = places
  }

  /** The first index from `from` on at which a match can start; -1 where there is none. */
  next(bytes: Uint8Array, from: number): number {
    const places = this.#places
    const last = this.length - 1
    const first = 1 << last
    for (let at = from; at + last < bytes.length; ) {
      let offset = last
      let shift = this.length
      // Bit n: what is read of this window can be the end of its first n bytes more than are left.
      let possible = places[bytes[at + last] ?? 0] ?? 0
      while (possible !== 0) {
        if ((possible & first) !== 0) {
          if (offset === 0) return at
          shift = offset
        }
        offset -= 1
        possible = (possible << 1) & (places[bytes[at + offset] ?? 0] ?? 0)
      }
      at += shift
    }
    return -1
  }
}

/** For each byte, a bit for each place that it can have. */
function byByte(places: readonly (readonly boolean[])[]): Int32Array {
  const ofByte = new Int32Array(256)
  for (const [place, bytes] of places.entries()) {
    for (const [byte, isPossible] of bytes.entries()) {
      if (isPossible) ofByte[byte] = (ofByte[byte] ?? 0) | (1 << (places.length - 1 - place))
    }
  }
  return ofByte
}

/** For each place that all matches have, the bytes that can be there. */
function placesOf(program: Program): boolean[][] {
  const places: boolean[][] = []
  let [from, visited]: [readonly number[], number] = [[program.start], 0]
  while (places.length < maxPlaces) {
    const at = reachable(program, from)
    visited += at.length
    if (visited > maxVisited || at.some((each) => each.op === op.match)) break
    const isBeyondAscii = at.some(readsBeyondAscii)
    places.push(
      Array.from({ length: 256 }, (_, byte) => (byte < 0x80 ? at.some((each) => reads(each, byte)) : isBeyondAscii)),
    )
    // A character beyond ASCII has several bytes, so that the next places are unknown.
    if (isBeyondAscii) break
    from = [...new Set(at.flatMap((each) => (isReading(each) ? [each.out] : [])))]
  }
  return places
}

/** What can be reached without reading, as if all assertions held. */
function reachable({ inst }: Program, from: readonly number[]): readonly Instruction[] {
  const seen = new Set<number>()
  const pending = [...from]
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    const each = inst[index]
    if (each === undefined || seen.has(index)) continue
    seen.add(index)
    if (each.op === op.alternative || each.op === op.alternativeMatch) pending.push(each.out, each.arg)
    else if (each.op === op.capture || each.op === op.none || each.op === op.assertion) pending.push(each.out)
  }
  return [...seen].flatMap((index) => inst[index] ?? [])
}

const isReading = ({ op: each }: Instruction): boolean => each >= op.character && each <= op.anyInLine

/** "ſ" and the sign for Kelvin are the characters beyond ASCII that equal a letter of it without regard to case. */
function readsBeyondAscii(instruction: Instruction): boolean {
  if (!isReading(instruction)) return false
  if (instruction.op === op.any || instruction.op === op.anyInLine) return true
  const { runes } = instruction
  return (runes[runes.length - 1] ?? 0) > 0x7f || reads(instruction, 0x17f) || reads(instruction, 0x212a)
}
