import {
  and,
  byteAt,
  type Code,
  instantiate,
  isAtLeast,
  isEqual,
  isLess,
  local,
  loopWhile,
  minus,
  or,
  plus,
  set,
  setByte,
  shiftLeft,
  shiftRight,
  times,
  when,
  wordAt,
  xor,
} from '../../lib/wasm.ts'

/**
 * A Bloom filter per block excludes blocks from a search. "Maybe" can be wrong, "no" is never wrong. It has four kinds of
 * entries, of the bytes with ASCII letters in lower case; each byte beyond ASCII separates, as search ignores its case too,
 * and each line break, as it separates records:
 * - trigrams;
 * - tokens, which are runs of letters and digits. Nearly every block has nearly every trigram of hexadecimal digits, so
 *   that trigrams alone fail for identifiers;
 * - of tokens of 12 characters and more, one of four grams of 7 characters, chosen by its hash (a part of 12 has 6, an id of 32 has 26): a trace id is found also
 *   when only a part of its token is given;
 * - joints: of two tokens with a dash between them, the four characters on each side of it. One by one, the short parts of a
 *   UUID are in nearly every block. Signatures that were made before 2026-12 end before them.
 */
const trigramBits = 1 << 15
const tokenBits = 1 << 16
/** What all signatures have. */
export const firstBits = trigramBits + tokenBits
const jointBits = 1 << 13
export const signatureBits = firstBits + jointBits
export const signatureBytes = signatureBits / 8
const longToken = 12
const gramLength = 7
const jointLength = 4

/** A filter has the grams and joints of a part of a block: in a block with an identifier, most parts are without it. */
const filterBits = 1 << 12
export const filterBytes = filterBits / 8

// As signed numbers: all hashes are integers of 32 bits then, and never doubles.
const fnvStart = 0x811c9dc5 | 0
const fnvPrime = 0x01000193
const golden = 0x9e3779b1 | 0
const mixer = 0x85ebca6b | 0
const gramBase = 0x2c1b3c6d
/** For each byte: what it adds to the rolling hash after `gramLength` others. */
const gramLeaving = Int32Array.from({ length: 256 }, (_, byte) =>
  Array.from({ length: gramLength }).reduce((product: number) => Math.imul(product, gramBase), byte),
)

const dash = 0x2d
const jointShift = 19
const filterShift = 20

const alphanumeric = 0x80
/** For each byte: itself in lower case, with `alphanumeric` for letters and digits; 0 for what separates. */
const folding = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80 || byte === 0x0a) return 0
  const lower = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
  return (lower >= 0x30 && lower <= 0x39) || (lower >= 0x61 && lower <= 0x7a) ? lower | alphanumeric : lower
})

/** The two characters beyond ASCII whose lower case has ASCII: the sign for Kelvin, and the capital I with a dot. */
const kelvin = Buffer.from('\u212a')
const dottedI = Buffer.from('\u0130')

/** Whether a character beyond ASCII in this text has ASCII letters as its lower case. */
export const foldsIntoAscii = (bytes: Buffer): boolean => bytes.includes(kelvin) || bytes.includes(dottedI)

/** In the memory of the loop: one byte for each byte, one word for each byte, one byte for each bit, and the text. */
const foldingAt = 0
const leavingAt = 1_024
const marksAt = 4_096
const filterAt = marksAt + signatureBits
const textAt = filterAt + filterBits
const memoryBytes = textAt + 256 * 1_024

const { run: markAll, memory } = signingLoop()

export interface Signed {
  readonly signature: Uint8Array
  /** Of each part. */
  readonly filters: readonly Uint8Array[]
}

/** Signs the text of a block by its parts, each of which ends with a line break. */
export function sign(parts: readonly Buffer[]): Signed {
  marks(marksAt, signatureBits).fill(0)
  const filters = parts.map((part) => {
    const text = foldsIntoAscii(part) ? Buffer.from(part.toString('utf8').toLowerCase()) : part
    const missing = textAt + text.length - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / 65_536))
    marks(filterAt, filterBits).fill(0)
    new Uint8Array(memory.buffer, textAt).set(text)
    markAll(text.length)
    return bitsOfMarks(filterAt, filterBits)
  })
  return { signature: bitsOfMarks(marksAt, signatureBits), filters }
}

/** One byte for each bit, four bytes at a time. */
const marks = (start: number, bits: number): Uint32Array => new Uint32Array(memory.buffer, start, bits / 4)

function bitsOfMarks(start: number, bits: number): Uint8Array {
  const words = marks(start, bits)
  const packed = new Uint8Array(bits / 8)
  for (let at = 0; at < packed.length; at += 1) {
    packed[at] = bitsOfWord(words[at * 2] ?? 0) | (bitsOfWord(words[at * 2 + 1] ?? 0) << 4)
  }
  return packed
}

/** Four marks as four bits: the factor moves the lowest bit of each byte to the top, in their order on little endian. */
const bitsOfWord = (word: number): number => Math.imul(word, 0x10204080) >>> 28

/**
 * Marks what `entriesOf` finds, for each byte of the text. As WebAssembly, it takes three fifths of
 * the time that it takes as JavaScript, which checks each index.
 */
function signingLoop() {
  const [end, at, byte, trigram, token] = [local(0), local(1), local(2), local(3), local(4)]
  const [from, hash, gram, leaving, place] = [local(5), local(6), local(7), local(8), local(9)]
  /** Whether a long enough token and a dash are before the token. */
  const joined = local(10)
  const mark = (index: Code): Code => setByte(marksAt, index, 1)
  const mixed = (value: Code, bits: number): Code => times(xor(value, shiftRight(value, bits)), golden)
  const markHash = (value: Code): Code => [
    ...set(hash, times(xor(value, shiftRight(value, 16)), mixer)),
    ...mark(plus(shiftRight(hash, 16), trigramBits)),
    ...mark(plus(shiftRight(mixed(hash, 13), 16), trigramBits)),
  ]
  const markInFilter = setByte(filterAt, shiftRight(hash, filterShift), 1)
  const foldedAt = (index: Code): Code => byteAt(foldingAt, byteAt(textAt, index))
  const nextGram = plus(times(gram, gramBase), foldedAt(place))
  const markGramsOfToken = [
    ...set(gram, 0),
    ...set(leaving, 0),
    ...set(place, from),
    ...loopWhile(isLess(place, plus(from, gramLength - 1)), [...set(gram, nextGram), ...set(place, plus(place, 1))]),
    ...loopWhile(isLess(place, at), [
      ...set(gram, minus(nextGram, leaving)),
      ...when(isEqual(shiftRight(mixed(gram, 15), 30), 0), [...markHash(gram), ...markInFilter]),
      ...set(leaving, wordAt(leavingAt, shiftLeft(foldedAt(minus(place, gramLength - 1)), 2))),
      ...set(place, plus(place, 1)),
    ]),
  ]
  // Of letters and digits, this bit makes lower case.
  const charactersAt = (index: Code): Code => or(wordAt(textAt, index), 0x20202020)
  const bothSides = xor(times(charactersAt(minus(from, jointLength + 1)), golden), charactersAt(from))
  const markJoint = [
    ...set(hash, bothSides),
    ...set(hash, times(xor(hash, shiftRight(hash, 15)), mixer)),
    ...mark(plus(shiftRight(hash, jointShift), firstBits)),
    ...markInFilter,
  ]
  const joins = [...when(joined, markJoint), ...set(joined, isEqual(byte, dash))]
  const zeroInTrigram = and(and(minus(trigram, 0x010101), xor(trigram, -1)), 0x808080)
  const body = [
    ...set(token, fnvStart),
    ...loopWhile(isLess(at, end), [
      ...set(byte, foldedAt(at)),
      ...set(trigram, and(or(shiftLeft(trigram, 8), byte), 0xffffff)),
      ...when(isEqual(zeroInTrigram, 0), mark(shiftRight(times(trigram, golden), 17))),
      ...when(isAtLeast(byte, alphanumeric), set(token, times(xor(token, byte), fnvPrime)), [
        ...when(isLess(from, at), markHash(token)),
        ...when(isAtLeast(minus(at, from), longToken), markGramsOfToken),
        ...when(isAtLeast(minus(at, from), jointLength), joins, set(joined, 0)),
        ...set(token, fnvStart),
        ...set(from, plus(at, 1)),
      ]),
      ...set(at, plus(at, 1)),
    ]),
  ]
  const loop = instantiate({ parameters: 1, locals: 11, memoryBytes, body })
  new Uint8Array(loop.memory.buffer, foldingAt).set(folding)
  new Int32Array(loop.memory.buffer, leavingAt).set(gramLeaving)
  return loop
}

/** What a text is found by, as hashes of 32 bits. */
interface Entries {
  readonly trigrams: readonly number[]
  readonly tokens: readonly number[]
  readonly grams: readonly number[]
  readonly joints: readonly number[]
}

/** Of a text that can begin and end within a token. */
function entriesOf(text: string): Entries {
  const bytes = Buffer.from(text.toLowerCase()).map((byte) => folding[byte] ?? 0)
  const entries = { trigrams: [] as number[], tokens: [] as number[], grams: [] as number[], joints: [] as number[] }
  for (let from = 0; from < bytes.length; ) {
    let to = from
    let token = fnvStart
    for (; to < bytes.length && (bytes[to] ?? 0) >= alphanumeric; to += 1) {
      token = Math.imul(token ^ (bytes[to] ?? 0), fnvPrime)
    }
    // "ab12-cd34-ef" requires the token "cd34", while "ab12" may be the end of a longer one.
    if (from > 0 && to > from && to < bytes.length) entries.tokens.push(tokenHash(token))
    if (to - from >= longToken) entries.grams.push(...gramsOf(bytes, from, to))
    if (bytes[to] === dash) entries.joints.push(...jointAt(bytes, to))
    from = to + 1
  }
  const hasIdentifier = entries.tokens.length > 0 || entries.grams.length > 0
  let trigram = 0
  for (const [at, byte] of bytes.entries()) {
    trigram = ((trigram << 8) | byte) & 0xffffff
    // Every block with identifiers has these.
    if (hasIdentifier && at > 1 && bytes.subarray(at - 2, at + 1).every(isInIdentifier)) continue
    // Not where one of the three bytes is zero: a separator, or before the first ones (Hacker's Delight, 6-1).
    if (((trigram - 0x010101) & ~trigram & 0x808080) === 0) entries.trigrams.push(Math.imul(trigram, golden))
  }
  return entries
}

const tokenHash = (token: number): number => Math.imul(token ^ (token >>> 16), mixer)

function* gramsOf(bytes: Uint8Array, from: number, to: number): Generator<number> {
  let gram = 0
  for (let at = from; at < from + gramLength - 1; at += 1) gram = (Math.imul(gram, gramBase) + (bytes[at] ?? 0)) | 0
  for (let at = from + gramLength - 1, leaving = 0; at < to; at += 1) {
    gram = (Math.imul(gram, gramBase) + (bytes[at] ?? 0) - leaving) | 0
    if (Math.imul(gram ^ (gram >>> 15), golden) >>> 30 === 0) yield tokenHash(gram)
    leaving = gramLeaving[bytes[at - gramLength + 1] ?? 0] ?? 0
  }
}

/** Nothing where one side of the dash has too few letters and digits. */
function* jointAt(bytes: Uint8Array, at: number): Generator<number> {
  const left = charactersFrom(bytes, at - jointLength)
  const right = charactersFrom(bytes, at + 1)
  if (left === undefined || right === undefined) return
  const both = Math.imul(left, golden) ^ right
  yield Math.imul(both ^ (both >>> 15), mixer)
}

/** Four letters or digits as a number, the first one lowest; undefined where there is anything else. */
function charactersFrom(bytes: Uint8Array, from: number): number | undefined {
  let characters = 0
  for (let at = from + jointLength - 1; at >= from; at -= 1) {
    const byte = bytes[at] ?? 0
    if (byte < alphanumeric) return undefined
    characters = (characters << 8) | (byte - alphanumeric)
  }
  return characters
}

/**
 * The bits that every block has whose text contains this one, in upper or lower case. The rarest come first: joints, whole
 * tokens and grams, then trigrams. Empty for a text of less than three characters.
 */
export function bitsOf(text: string): readonly number[] {
  const { joints, tokens, grams, trigrams } = entriesOf(text)
  return [
    ...new Set([
      ...joints.map((hash) => firstBits + (hash >>> jointShift)),
      ...[...tokens, ...grams].flatMap((hash) => [
        trigramBits + (hash >>> 16),
        trigramBits + (Math.imul(hash ^ (hash >>> 13), golden) >>> 16),
      ]),
      ...trigrams.map((hash) => hash >>> 17),
    ]),
  ]
}

/** The bits that the filter of every part has whose text contains this one. */
export function filterBitsOf(text: string): readonly number[] {
  const { joints, grams } = entriesOf(text)
  return [...joints, ...grams].map((hash) => hash >>> filterShift)
}

/** A hexadecimal digit or a dash, by `folding`. */
const isInIdentifier = (byte: number): boolean => {
  const character = byte & 0x7f
  return (character >= 0x30 && character <= 0x39) || (character >= 0x61 && character <= 0x66) || character === 0x2d
}

/** Whether a block with this signature, or a part with this filter, may contain a text with these bits. */
export const mayHold = (signature: Uint8Array, bits: readonly number[]): boolean =>
  bits.every((bit) => ((signature[bit >>> 3] ?? 0xff) & (1 << (bit & 7))) !== 0)
