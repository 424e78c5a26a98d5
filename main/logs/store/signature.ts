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
import type { Text } from './block-columns.ts'

/**
 * A Bloom filter per block excludes blocks from a search. "Maybe" can be wrong, "no" is never wrong. It has three kinds of
 * entries, of the bytes with ASCII letters in lower case; each byte beyond ASCII separates, as search ignores its case too,
 * and each line break, as it separates records:
 * - trigrams;
 * - tokens, which are runs of letters and digits. Nearly every block has nearly every trigram of hexadecimal digits, so
 *   that trigrams alone fail for identifiers;
 * - of tokens of 12 characters and more, one of four grams of 7 characters, chosen by its hash (a part of 12 has 6, an id of 32 has 26): a trace id is found also
 *   when only a part of its token is given.
 */
const trigramBits = 1 << 15
const tokenBits = 1 << 16
export const signatureBits = trigramBits + tokenBits
export const signatureBytes = signatureBits / 8
const longToken = 12
const gramLength = 7

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
const textAt = marksAt + signatureBits
const memoryBytes = textAt + 512 * 1_024

const { run: markAll, memory } = signingLoop()

/** Signs the text of a block, which ends with a line break. */
export function sign({ bytes }: Pick<Text, 'bytes'>): Uint8Array {
  const text = foldsIntoAscii(bytes) ? Buffer.from(bytes.toString('utf8').toLowerCase()) : bytes
  const missing = textAt + text.length - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536))
  new Uint8Array(memory.buffer, marksAt, signatureBits).fill(0)
  new Uint8Array(memory.buffer, textAt).set(text)
  markAll(text.length)
  const marks = new Uint32Array(memory.buffer, marksAt, signatureBits / 4)
  const signature = new Uint8Array(signatureBytes)
  for (let at = 0; at < signatureBytes; at += 1) {
    signature[at] = bitsOfWord(marks[at * 2] ?? 0) | (bitsOfWord(marks[at * 2 + 1] ?? 0) << 4)
  }
  return signature
}

/** Four marks as four bits: the factor moves the lowest bit of each byte to the top, in their order on little endian. */
const bitsOfWord = (word: number): number => Math.imul(word, 0x10204080) >>> 28

/**
 * Marks what `markTrigram`, `markGrams` and `markToken` mark, for each byte of the text. As WebAssembly, it takes three fifths of
 * the time that it takes as JavaScript, which checks each index.
 */
function signingLoop() {
  const [end, at, byte, trigram, token] = [local(0), local(1), local(2), local(3), local(4)]
  const [from, hash, gram, leaving, place] = [local(5), local(6), local(7), local(8), local(9)]
  const mark = (index: Code): Code => setByte(marksAt, index, 1)
  const mixed = (value: Code, bits: number): Code => times(xor(value, shiftRight(value, bits)), golden)
  const markHash = (value: Code): Code => [
    ...set(hash, times(xor(value, shiftRight(value, 16)), mixer)),
    ...mark(plus(shiftRight(hash, 16), trigramBits)),
    ...mark(plus(shiftRight(mixed(hash, 13), 16), trigramBits)),
  ]
  const foldedAt = (index: Code): Code => byteAt(foldingAt, byteAt(textAt, index))
  const nextGram = plus(times(gram, gramBase), foldedAt(place))
  const markGramsOfToken = [
    ...set(gram, 0),
    ...set(leaving, 0),
    ...set(place, from),
    ...loopWhile(isLess(place, plus(from, gramLength - 1)), [...set(gram, nextGram), ...set(place, plus(place, 1))]),
    ...loopWhile(isLess(place, at), [
      ...set(gram, minus(nextGram, leaving)),
      ...when(isEqual(shiftRight(mixed(gram, 15), 30), 0), markHash(gram)),
      ...set(leaving, wordAt(leavingAt, shiftLeft(foldedAt(minus(place, gramLength - 1)), 2))),
      ...set(place, plus(place, 1)),
    ]),
  ]
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
        ...set(token, fnvStart),
        ...set(from, plus(at, 1)),
      ]),
      ...set(at, plus(at, 1)),
    ]),
  ]
  const loop = instantiate({ parameters: 1, locals: 10, memoryBytes, body })
  new Uint8Array(loop.memory.buffer, foldingAt).set(folding)
  new Int32Array(loop.memory.buffer, leavingAt).set(gramLeaving)
  return loop
}

/** Of the text that is searched: one byte for each bit. */
const marked = new Uint8Array(signatureBits)

/** Not where one of the three bytes is zero: a separator, or before the first ones (Hacker's Delight, 6-1). */
function markTrigram(trigram: number): void {
  if (((trigram - 0x010101) & ~trigram & 0x808080) === 0) marked[Math.imul(trigram, golden) >>> 17] = 1
}

function markGrams(bytes: Uint8Array, from: number, to: number): void {
  let gram = 0
  for (let at = from; at < from + gramLength - 1; at += 1) gram = (Math.imul(gram, gramBase) + (bytes[at] ?? 0)) | 0
  for (let at = from + gramLength - 1, leaving = 0; at < to; at += 1) {
    gram = (Math.imul(gram, gramBase) + (bytes[at] ?? 0) - leaving) | 0
    if (Math.imul(gram ^ (gram >>> 15), golden) >>> 30 === 0) markToken(gram)
    leaving = gramLeaving[bytes[at - gramLength + 1] ?? 0] ?? 0
  }
}

function markToken(token: number): void {
  const hash = Math.imul(token ^ (token >>> 16), mixer)
  marked[trigramBits + (hash >>> 16)] = 1
  marked[trigramBits + (Math.imul(hash ^ (hash >>> 13), golden) >>> 16)] = 1
}

/**
 * The bits that every block has whose text contains this one, in upper or lower case. The rarest come first: whole tokens
 * and grams, then trigrams, apart from those that every block with identifiers has. Empty for a text of less than three characters.
 */
export function bitsOf(text: string): readonly number[] {
  marked.fill(0)
  const bytes = Buffer.from(text.toLowerCase()).map((byte) => folding[byte] ?? 0)
  for (let from = 0; from < bytes.length; ) {
    let to = from
    let token = fnvStart
    for (; to < bytes.length && (bytes[to] ?? 0) >= alphanumeric; to += 1) {
      token = Math.imul(token ^ (bytes[to] ?? 0), fnvPrime)
    }
    // "ab12-cd34-ef" requires the token "cd34", while "ab12" may be the end of a longer one.
    if (from > 0 && to > from && to < bytes.length) markToken(token)
    if (to - from >= longToken) markGrams(bytes, from, to)
    from = to + 1
  }
  const tokens = [...marksFrom(trigramBits, signatureBits)]
  let trigram = 0
  for (const [at, byte] of bytes.entries()) {
    trigram = ((trigram << 8) | byte) & 0xffffff
    const isOfIdentifier = tokens.length > 0 && at > 1 && bytes.subarray(at - 2, at + 1).every(isInIdentifier)
    if (!isOfIdentifier) markTrigram(trigram)
  }
  return [...tokens, ...marksFrom(0, trigramBits)]
}

/** A hexadecimal digit or a dash, by `folding`. */
const isInIdentifier = (byte: number): boolean => {
  const character = byte & 0x7f
  return (character >= 0x30 && character <= 0x39) || (character >= 0x61 && character <= 0x66) || character === 0x2d
}

function* marksFrom(start: number, end: number): Generator<number> {
  for (let at = marked.indexOf(1, start); at !== -1 && at < end; at = marked.indexOf(1, at + 1)) yield at
}

/** Whether a block with this signature may contain a text with these bits. */
export const mayHold = (signature: Uint8Array, bits: readonly number[]): boolean =>
  bits.every((bit) => ((signature[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0)
