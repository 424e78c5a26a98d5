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

/** One byte for each bit of a signature: to set one is a store, without the load that a bit among 32 needs. */
const marked = new Uint8Array(signatureBits)
const markedWords = new Uint32Array(marked.buffer)

/** Signs the text of a block. */
export function sign({ bytes }: Pick<Text, 'bytes'>): Uint8Array {
  marked.fill(0)
  markAll(foldsIntoAscii(bytes) ? Buffer.from(bytes.toString('utf8').toLowerCase()) : bytes)
  const signature = new Uint8Array(signatureBytes)
  for (let at = 0; at < signatureBytes; at += 1) signature[at] = bitsOfWord(at * 2) | (bitsOfWord(at * 2 + 1) << 4)
  return signature
}

/** Four marks as four bits: the factor moves the lowest bit of each byte to the top, in their order on little endian. */
const bitsOfWord = (index: number): number => Math.imul(markedWords[index] ?? 0, 0x10204080) >>> 28

/** The last bytes that were signed, each by `folding`. */
let folded = new Uint8Array(512 * 1_024)

/**
 * All in one loop with one branch that depends on the text: the end of a token. What it calls for each byte is written out, which
 * takes a fifth less. The text ends with a line break.
 */
function markAll(bytes: Uint8Array, end = bytes.length): void {
  if (folded.length < end) folded = new Uint8Array(end * 2)
  let trigram = 0
  let token = fnvStart
  let from = 0
  for (let at = 0; at < end; at += 1) {
    const byte = folding[bytes[at] ?? 0] ?? 0
    folded[at] = byte
    trigram = ((trigram << 8) | byte) & 0xffffff
    if (((trigram - 0x010101) & ~trigram & 0x808080) === 0) marked[Math.imul(trigram, golden) >>> 17] = 1
    if (byte >= alphanumeric) {
      token = Math.imul(token ^ byte, fnvPrime)
      continue
    }
    if (at > from) markToken(token)
    if (at - from >= longToken) markGrams(from, at)
    token = fnvStart
    from = at + 1
  }
}

/** Not where one of the three bytes is zero: a separator, or before the first ones (Hacker's Delight, 6-1). */
function markTrigram(trigram: number): void {
  if (((trigram - 0x010101) & ~trigram & 0x808080) === 0) marked[Math.imul(trigram, golden) >>> 17] = 1
}

function markGrams(from: number, to: number): void {
  const bytes = folded
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
  if (folded.length < bytes.length) folded = new Uint8Array(bytes.length * 2)
  folded.set(bytes)
  for (let from = 0; from < bytes.length; ) {
    let to = from
    let token = fnvStart
    for (; to < bytes.length && (bytes[to] ?? 0) >= alphanumeric; to += 1) {
      token = Math.imul(token ^ (bytes[to] ?? 0), fnvPrime)
    }
    // "ab12-cd34-ef" requires the token "cd34", while "ab12" may be the end of a longer one.
    if (from > 0 && to > from && to < bytes.length) markToken(token)
    if (to - from >= longToken) markGrams(from, to)
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
