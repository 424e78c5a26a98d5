/**
 * Two small Bloom filters per block say what it cannot hold: one of its trigrams, one of its tokens (runs of letters
 * and digits). They may say "maybe" wrongly, never "no". Trigrams alone fail for identifiers: nearly every block holds
 * nearly every trigram of hexadecimal digits. All is case-folded, since search is.
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

/** Whether a block with this signature may hold the term as a substring, in any case of letters. */
export function mayHold({ trigrams, tokens }: Signature, term: string): boolean {
  const folded = fold(term)
  for (let at = 0; at + 3 <= folded.length; at += 1) {
    if (!has(trigrams, folded.slice(at, at + 3), trigramHashes)) return false
  }
  return wholeTokens(folded).every((token) => has(tokens, token, tokenHashes))
}

/** The tokens of a term that its ends do not cut: "ab12-cd34-ef" surely needs the token "cd34", "ab12" may go on to the left. */
function wholeTokens(folded: string): readonly string[] {
  const found = [...folded.matchAll(/[\p{L}\p{N}]+/gu)]
  return found
    .filter(({ index, 0: token }) => index > 0 && index + token.length < folded.length)
    .map(([token]) => token)
}

/** One folding for signatures and search: they must agree, or a block is skipped wrongly. */
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
