import type { SearchTerm } from './queryText.ts'

/** A part of a text; `isMatch`: a term of the query is there. */
export interface TextPart {
  readonly text: string
  readonly isMatch: boolean
}

/** Where a term is in a text: start and end, in order and not empty. */
export type Finder = (text: string) => readonly (readonly [start: number, end: number])[]

/** Matches are marked up to here, so that a line of megabytes does not hold up the window. */
const markedCharacters = 20_000
const maxMarks = 500

/** Not "-": with the flag v its escape is refused outside of a class. */
const special = /[\\^$.*+?()[\]{}|/]/g

/** Finds the texts of a query, in upper or lower case. Linear: an alternative of literals has nothing to go back to. */
export function textFinder(terms: readonly SearchTerm[]): Finder {
  const texts = terms.flatMap((term) => (term.kind === 'text' ? [term.text] : []))
  if (texts.length === 0) return () => []
  // The longer first, so that "order 7" is marked as a whole beside "order".
  const longerFirst = texts.toSorted((a, b) => b.length - a.length)
  const pattern = new RegExp(longerFirst.map((text) => text.replace(special, '\\$&')).join('|'), 'giv')
  return (text) =>
    Array.from(takeMarks(text.matchAll(pattern)), (match) => [match.index, match.index + match[0].length] as const)
}

function* takeMarks<Match>(matches: Iterable<Match>): Generator<Match> {
  let count = 0
  for (const match of matches) {
    count += 1
    if (count > maxMarks) return
    yield match
  }
}

/**
 * Finds what regular expressions of a query match, with the engine of the core: it is linear whatever the expression, and is
 * loaded on first use. Expressions that are not valid find nothing.
 */
export async function regexFinder(terms: readonly SearchTerm[]): Promise<Finder> {
  const { RE2JS } = await import('re2js')
  const patterns = terms.flatMap((term) => {
    if (term.kind !== 'regex') return []
    try {
      return [RE2JS.compile(term.source, term.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)]
    } catch {
      return []
    }
  })
  return (text) =>
    patterns.flatMap((pattern) => {
      const found: (readonly [number, number])[] = []
      const matcher = pattern.matcher(text)
      while (found.length < maxMarks && matcher.find())
        if (matcher.end() > matcher.start()) found.push([matcher.start(), matcher.end()])
      return found
    })
}

/** The text in parts, matched or not. Overlapping matches become one. Pure. */
export function partsOf(text: string, finders: readonly Finder[]): readonly TextPart[] {
  const marked = text.slice(0, markedCharacters)
  const ranges = finders.flatMap((find) => find(marked)).toSorted(([a], [b]) => a - b)
  const parts: TextPart[] = []
  let at = 0
  for (const [start, end] of ranges) {
    if (end <= at) continue
    if (start > at) parts.push({ text: text.slice(at, start), isMatch: false })
    const last = parts.at(-1)
    const added = text.slice(Math.max(start, at), end)
    if (start <= at && last?.isMatch === true) parts[parts.length - 1] = { text: last.text + added, isMatch: true }
    else parts.push({ text: added, isMatch: true })
    at = end
  }
  if (at < text.length) parts.push({ text: text.slice(at), isMatch: false })
  return parts
}
