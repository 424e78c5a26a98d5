/**
 * Two small Bloom filters per block, one of its trigrams and one of its tokens (runs of letters and digits), exclude
 * blocks from a search. "Maybe" can be wrong, "no" is never wrong. Trigrams alone fail for identifiers: nearly every
 * block has nearly every trigram of hexadecimal digits. Both are of the lower-case text, as search ignores case.
 */
const trigramBytes = 4_096
const trigramHashes = 2
const tokenBytes = 8_192
const tokenHashes = 4

export interface Signature {
  readonly trigrams: Buffer
  readonly tokens: Buffer
}

export function sign(texts: Iterable<string>): Signature {
  const trigrams = Buffer.alloc(trigramBytes)
  const tokens = Buffer.alloc(tokenBytes)
  const seenTokens = new Set<string>()
  const seenTrigrams = new Set<string>()
  for (const text of texts) {
    const folded = fold(text)
    for (const token of folded.match(/[\p{L}\p{N}]+/gu) ?? []) {
      if (seenTokens.has(token)) continue
      seenTokens.add(token)
      add(tokens, token, tokenHashes)
    }
    for (let at = 0; at + 3 <= folded.length; at += 1) {
      const trigram = folded.slice(at, at + 3)
      if (seenTrigrams.has(trigram)) continue
      seenTrigrams.add(trigram)
      add(trigrams, trigram, trigramHashes)
    }
  }
  return { trigrams, tokens }
}

/** Whether a block with this signature may contain the term as a substring, in upper or lower case. */
export function mayHold({ trigrams, tokens }: Signature, term: string): boolean {
  const folded = fold(term)
  for (let at = 0; at + 3 <= folded.length; at += 1) {
    if (!has(trigrams, folded.slice(at, at + 3), trigramHashes)) return false
  }
  return wholeTokens(folded).every((token) => has(tokens, token, tokenHashes))
}

/** The tokens inside a term: "ab12-cd34-ef" requires the token "cd34", while "ab12" may be the end of a longer one. */
function wholeTokens(folded: string): readonly string[] {
  const found = [...folded.matchAll(/[\p{L}\p{N}]+/gu)]
  return found
    .filter(({ index, 0: token }) => index > 0 && index + token.length < folded.length)
    .map(([token]) => token)
}

/** Used by signatures and search: if they differed, matching blocks would be skipped. */
export function fold(text: string): string {
  return text.toLowerCase()
}

function add(filter: Buffer, text: string, hashes: number): void {
  const [first, second] = hash(text)
  for (let n = 0; n < hashes; n += 1) {
    const bit = (first + Math.imul(n, second)) >>> 0
    const index = (bit >>> 3) % filter.length
    filter[index] = (filter[index] ?? 0) | (1 << (bit & 7))
  }
}

function has(filter: Buffer, text: string, hashes: number): boolean {
  const [first, second] = hash(text)
  for (let n = 0; n < hashes; n += 1) {
    const bit = (first + Math.imul(n, second)) >>> 0
    if (((filter[(bit >>> 3) % filter.length] ?? 0) & (1 << (bit & 7))) === 0) return false
  }
  return true
}

/** FNV-1a, and a second mix of it for double hashing (Kirsch and Mitzenmacher, 2006). */
function hash(text: string): readonly [number, number] {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  const mixed = Math.imul(value ^ (value >>> 15), 0x85ebca6b)
  return [value >>> 0, (mixed ^ (mixed >>> 13)) | 1]
}
