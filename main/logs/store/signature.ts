import type { Text } from './block-columns.ts'

/**
 * A Bloom filter per block excludes blocks from a search. "Maybe" can be wrong, "no" is never wrong. It has three kinds of
 * entries, of the bytes with ASCII letters in lower case; each byte beyond ASCII separates, as search ignores its case too:
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

const fnvStart = 0x811c9dc5
const fnvPrime = 0x01000193
const golden = 0x9e3779b1
const gramBase = 0x2c1b3c6d
/** `gramBase` to the power of `gramLength`: removes the character that leaves the rolling hash. */
const gramLeaving = Array.from({ length: gramLength }).reduce((power: number) => Math.imul(power, gramBase), 1)

/** For each byte: itself in lower case, with bit 7 for letters and digits; 0 beyond ASCII. */
const folding = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return 0
  const lower = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
  return (lower >= 0x30 && lower <= 0x39) || (lower >= 0x61 && lower <= 0x7a) ? lower | 0x80 : lower
})

/** The two characters beyond ASCII whose lower case has ASCII: the sign for Kelvin, and the capital I with a dot. */
const kelvin = Buffer.from('\u212a')
const dottedI = Buffer.from('\u0130')

/** Whether a character beyond ASCII in this text has ASCII letters as its lower case. */
export const foldsIntoAscii = (bytes: Buffer): boolean => bytes.includes(kelvin) || bytes.includes(dottedI)

/** Signs the records of a block. */
export function sign({ bytes, starts, ends }: Text): Uint8Array {
  const signature = new Uint8Array(signatureBytes)
  const isFolded = foldsIntoAscii(bytes)
  for (let row = 0; row < starts.length; row += 1) {
    const [start, end] = [starts[row] ?? 0, ends[row] ?? 0]
    if (isFolded) {
      const folded = Buffer.from(bytes.toString('utf8', start, end).toLowerCase())
      signRange(folded, 0, folded.length, signature)
    } else signRange(bytes, start, end, signature)
  }
  return signature
}

function signRange(bytes: Uint8Array, start: number, end: number, into: Uint8Array): void {
  let trigram = 0
  let length = 0
  let token = fnvStart
  let tokenStart = start
  for (let at = start; at < end; at += 1) {
    const folded = folding[bytes[at] ?? 0] ?? 0
    if (folded >= 0x80) token = Math.imul(token ^ folded, fnvPrime)
    else {
      if (at > tokenStart) addWholeToken(bytes, tokenStart, at, token, into)
      token = fnvStart
      tokenStart = at + 1
      if (folded === 0) {
        length = 0
        continue
      }
    }
    trigram = ((trigram << 8) | folded) & 0xffffff
    length += 1
    if (length > 2) {
      const bit = Math.imul(trigram, golden) >>> 17
      into[bit >>> 3] = (into[bit >>> 3] ?? 0) | (1 << (bit & 7))
    }
  }
  if (end > tokenStart) addWholeToken(bytes, tokenStart, end, token, into)
}

function addWholeToken(bytes: Uint8Array, from: number, to: number, token: number, into: Uint8Array): void {
  addToken(into, token)
  if (to - from >= longToken) addGrams(bytes, from, to, into)
}

function addGrams(bytes: Uint8Array, from: number, to: number, into: Uint8Array): void {
  let gram = 0
  for (let at = from; at < to; at += 1) {
    gram = Math.imul(gram, gramBase) + (folding[bytes[at] ?? 0] ?? 0)
    if (at - from >= gramLength) gram -= Math.imul(gramLeaving, folding[bytes[at - gramLength] ?? 0] ?? 0)
    gram |= 0
    if (at - from >= gramLength - 1 && Math.imul(gram ^ (gram >>> 15), golden) >>> 30 === 0) addToken(into, gram)
  }
}

function addToken(into: Uint8Array, token: number): void {
  const hash = Math.imul(token ^ (token >>> 16), 0x85ebca6b)
  const first = trigramBits + (hash >>> 16)
  const second = trigramBits + (Math.imul(hash ^ (hash >>> 13), golden) >>> 16)
  into[first >>> 3] = (into[first >>> 3] ?? 0) | (1 << (first & 7))
  into[second >>> 3] = (into[second >>> 3] ?? 0) | (1 << (second & 7))
}

/**
 * The bits that every block has whose text contains this one, in upper or lower case. The rarest come first: whole tokens
 * and grams, then trigrams. Empty for a text of less than three characters.
 */
export function bitsOf(text: string): readonly number[] {
  const bytes = Buffer.from(text.toLowerCase())
  const tokens = new Uint8Array(signatureBytes)
  const trigrams = new Uint8Array(signatureBytes)
  for (let from = 0; from < bytes.length; ) {
    if ((folding[bytes[from] ?? 0] ?? 0) < 0x80) {
      from += 1
      continue
    }
    let to = from
    let token = fnvStart
    for (; to < bytes.length && (folding[bytes[to] ?? 0] ?? 0) >= 0x80; to += 1) {
      token = Math.imul(token ^ (folding[bytes[to] ?? 0] ?? 0), fnvPrime)
    }
    // "ab12-cd34-ef" requires the token "cd34", while "ab12" may be the end of a longer one.
    if (from > 0 && to < bytes.length) addToken(tokens, token)
    if (to - from >= longToken) addGrams(bytes, from, to, tokens)
    from = to
  }
  let length = 0
  let trigram = 0
  for (const byte of bytes) {
    const folded = folding[byte] ?? 0
    length = folded === 0 ? 0 : length + 1
    trigram = ((trigram << 8) | folded) & 0xffffff
    const bit = Math.imul(trigram, golden) >>> 17
    if (length > 2) trigrams[bit >>> 3] = (trigrams[bit >>> 3] ?? 0) | (1 << (bit & 7))
  }
  return [...setBits(tokens), ...setBits(trigrams)]
}

function setBits(signature: Uint8Array): number[] {
  const found: number[] = []
  for (let index = 0; index < signature.length; index += 1) {
    const byte = signature[index] ?? 0
    if (byte === 0) continue
    for (let bit = 0; bit < 8; bit += 1) if ((byte & (1 << bit)) !== 0) found.push(index * 8 + bit)
  }
  return found
}

/** Whether a block with this signature may contain a text with these bits. */
export const mayHold = (signature: Uint8Array, bits: readonly number[]): boolean =>
  bits.every((bit) => ((signature[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0)
