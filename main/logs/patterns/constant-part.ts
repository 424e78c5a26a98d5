import { placeholder } from './mask.ts'

/** A shorter text is in too many other lines. */
const leastCharacters = 4
/** So that it fits into a query beside others. */
const mostCharacters = 120

/**
 * The longest text that all lines of a pattern have in their message; undefined where it is too short. A quote, a backslash
 * and a tab end it: in a line of JSON or logfmt they are escaped. Pure.
 */
export function constantPart(words: readonly string[]): string | undefined {
  const parts = words
    .join(' ')
    .split(placeholder)
    .flatMap((part) => part.split(/["\\\p{C}]/u))
    .map((part) => part.trim())
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '')
  const cut = longest.length > mostCharacters ? longest.slice(0, mostCharacters).trim() : longest
  return cut.length < leastCharacters ? undefined : cut
}
