import { setImmediate as nextTurn } from 'node:timers/promises'
import { fold } from '../query/evaluate.ts'

export interface ReadLine {
  readonly raw: string
  /** Index of its pattern; undefined for a line without one. */
  readonly pattern: number | undefined
}

export interface PhraseMatches {
  /** Lines that have the phrase, of whichever pattern. */
  all: number
  /** Those of the pattern itself. */
  own: number
}

const gramCharacters = 4
const hashes = 0x1_00_00
/** Between two turns of the event loop, so that a cancel is noticed. */
const linesPerTurn = 2_000

/**
 * Counts the lines that a search for the phrase of each pattern finds. All phrases are searched for at once: a line is read
 * once, and a phrase is compared only where the rarest four characters of it are. `phrases[n]` is that of pattern n.
 */
export async function phraseMatches(
  lines: readonly ReadLine[],
  phrases: readonly (string | undefined)[],
  signal: AbortSignal,
): Promise<PhraseMatches[]> {
  const folded = phrases.map((phrase) => phrase && fold(phrase))
  const anchors = anchorsOf([...new Set(folded.filter((phrase) => phrase !== undefined))])
  const patternsOf = Map.groupBy(folded.keys(), (index) => folded[index])
  const matches = phrases.map((): PhraseMatches => ({ all: 0, own: 0 }))
  for (let from = 0; from < lines.length; from += linesPerTurn) {
    await nextTurn(undefined, { signal })
    for (const { raw, pattern } of lines.slice(from, from + linesPerTurn)) {
      for (const phrase of phrasesIn(fold(raw), anchors)) {
        for (const index of patternsOf.get(phrase) ?? []) {
          const match = matches[index]
          if (match === undefined) continue
          match.all += 1
          if (index === pattern) match.own += 1
        }
      }
    }
  }
  return matches
}

interface Anchor {
  readonly phrase: string
  /** Where in the phrase its four characters are. */
  readonly offset: number
}

/** By the hash of four characters. */
type Anchors = readonly (readonly Anchor[] | undefined)[]

/** Phrases have four characters at least. */
function anchorsOf(phrases: readonly string[]): Anchors {
  const counts = new Uint32Array(hashes)
  for (const phrase of phrases) for (const hash of hashesOf(phrase)) counts[hash] = (counts[hash] ?? 0) + 1
  const anchors = Array.from<Anchor[] | undefined>({ length: hashes })
  for (const phrase of phrases) {
    const own = hashesOf(phrase)
    const offset = own.reduce((best, hash, at) => ((counts[hash] ?? 0) < (counts[own[best] ?? 0] ?? 0) ? at : best), 0)
    const hash = own[offset] ?? 0
    anchors[hash] = [...(anchors[hash] ?? []), { phrase, offset }]
  }
  return anchors
}

function hashesOf(text: string): number[] {
  const found: number[] = []
  for (let at = 0; at + gramCharacters <= text.length; at += 1) found.push(hashAt(text, at))
  return found
}

const hashAt = (text: string, at: number): number =>
  (text.charCodeAt(at) * 29_791 +
    text.charCodeAt(at + 1) * 961 +
    text.charCodeAt(at + 2) * 31 +
    text.charCodeAt(at + 3)) &
  (hashes - 1)

function phrasesIn(line: string, anchors: Anchors): Set<string> {
  const found = new Set<string>()
  for (let at = 0; at + gramCharacters <= line.length; at += 1) {
    for (const { phrase, offset } of anchors[hashAt(line, at)] ?? []) {
      if (at >= offset && line.startsWith(phrase, at - offset)) found.add(phrase)
    }
  }
  return found
}
