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
/** For each byte: what it adds to the rolling hash after `gramLength` others. */
const gramLeaving = Int32Array.from({ length: 256 }, (_, byte) =>
  Array.from({ length: gramLength }).reduce((product: number) => Math.imul(product, gramBase), byte),
)

const alphanumeric = 0x80
/** For each byte: itself in lower case, with `alphanumeric` for letters and digits; 0 beyond ASCII. */
const folding = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return 0
  const lower = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
  return (lower >= 0x30 && lower <= 0x39) || (lower >= 0x61 && lower <= 0x7a) ? lower | alphanumeric : lower
})

/** The two characters beyond ASCII whose lower case has ASCII: the sign for Kelvin, and the capital I with a dot. */
const kelvin = Buffer.from('\u212a')
const dottedI = Buffer.from('\u0130')

/** Whether a character beyond ASCII in this text has ASCII letters as its lower case. */
export const foldsIntoAscii = (bytes: Buffer): boolean => bytes.includes(kelvin) || bytes.includes(dottedI)

/** Signs the records of a block. */
export function sign({ bytes, starts, ends }: Text): Uint8Array {
  const signature = new Uint32Array(signatureBytes / 4)
  if (foldsIntoAscii(bytes)) {
    for (let row = 0; row < starts.length; row += 1) {
      const folded = Buffer.from(bytes.toString('utf8', starts[row], ends[row]).toLowerCase())
      foldBytes(folded)
      signRange(classes, 0, folded.length, signature)
    }
  } else {
    foldBytes(bytes)
    for (let row = 0; row < starts.length; row += 1) signRange(classes, starts[row] ?? 0, ends[row] ?? 0, signature)
  }
  return bytesOf(signature)
}

/** Each byte by `folding`. Two plain loops over it take half of the time of one that does everything. */
let classes = new Uint8Array(512 * 1_024)

function foldBytes(bytes: Uint8Array): void {
  if (classes.length < bytes.length) classes = new Uint8Array(bytes.length * 2)
  const into = classes
  for (let at = 0; at < bytes.length; at += 1) into[at] = folding[bytes[at] ?? 0] ?? 0
}

function signRange(folded: Uint8Array, start: number, end: number, into: Uint32Array): void {
  addTrigrams(folded, start, end, into)
  for (let at = start; at < end; ) {
    while (at < end && (folded[at] ?? 0) < alphanumeric) at += 1
    const from = at
    let token = fnvStart
    for (let byte = folded[at] ?? 0; at < end && byte >= alphanumeric; byte = folded[at] ?? 0) {
      token = Math.imul(token ^ byte, fnvPrime)
      at += 1
    }
    if (at > from) addToken(into, token)
    if (at - from >= longToken) addGrams(folded, from, at, into)
  }
}

function addTrigrams(folded: Uint8Array, start: number, end: number, into: Uint32Array): void {
  let trigram = 0
  let length = 0
  for (let at = start; at < end; at += 1) {
    const byte = folded[at] ?? 0
    if (byte === 0) {
      length = 0
      continue
    }
    trigram = ((trigram << 8) | byte) & 0xffffff
    length += 1
    if (length > 2) setBit(into, Math.imul(trigram, golden) >>> 17)
  }
}

function addGrams(folded: Uint8Array, from: number, to: number, into: Uint32Array): void {
  let gram = 0
  for (let at = from; at < to; at += 1) {
    gram = (Math.imul(gram, gramBase) + (folded[at] ?? 0)) | 0
    if (at - from >= gramLength) gram = (gram - (gramLeaving[folded[at - gramLength] ?? 0] ?? 0)) | 0
    if (at - from >= gramLength - 1 && Math.imul(gram ^ (gram >>> 15), golden) >>> 30 === 0) addToken(into, gram)
  }
}

function addToken(into: Uint32Array, token: number): void {
  const hash = Math.imul(token ^ (token >>> 16), 0x85ebca6b)
  setBit(into, trigramBits + (hash >>> 16))
  setBit(into, trigramBits + (Math.imul(hash ^ (hash >>> 13), golden) >>> 16))
}

function setBit(into: Uint32Array, bit: number): void {
  into[bit >>> 5] = (into[bit >>> 5] ?? 0) | (1 << (bit & 31))
}

/** Bit n is bit n % 8 of byte n / 8, on every machine. */
function bytesOf(words: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4))
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word, true)
  return new Uint8Array(view.buffer)
}

/**
 * The bits that every block has whose text contains this one, in upper or lower case. The rarest come first: whole tokens
 * and grams, then trigrams. Empty for a text of less than three characters.
 */
export function bitsOf(text: string): readonly number[] {
  const folded = Buffer.from(text.toLowerCase()).map((byte) => folding[byte] ?? 0)
  const tokens = new Uint32Array(signatureBytes / 4)
  const trigrams = new Uint32Array(signatureBytes / 4)
  for (let from = 0; from < folded.length; ) {
    let to = from
    let token = fnvStart
    for (; to < folded.length && (folded[to] ?? 0) >= alphanumeric; to += 1) {
      token = Math.imul(token ^ (folded[to] ?? 0), fnvPrime)
    }
    // "ab12-cd34-ef" requires the token "cd34", while "ab12" may be the end of a longer one.
    if (from > 0 && to > from && to < folded.length) addToken(tokens, token)
    if (to - from >= longToken) addGrams(folded, from, to, tokens)
    from = to + 1
  }
  addTrigrams(folded, 0, folded.length, trigrams)
  return [...setBits(bytesOf(tokens)), ...setBits(bytesOf(trigrams))]
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
