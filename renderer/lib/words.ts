/** The words of a query, in lower case. */
export const wordsOf = (query: string): readonly string[] =>
  query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')

/** Does the text contain each of the words, in whatever order? */
export function hasWords(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase()
  return words.every((word) => lower.includes(word))
}

/**
 * How well a name matches: a name that begins with a word is better than one with a word at a later beginning, and that better
 * than one with the letters somewhere. Undefined: a word is missing. Lower is better.
 */
export function matchRank(name: string, words: readonly string[]): number | undefined {
  const lower = name.toLowerCase()
  let rank = 0
  for (const word of words) {
    const at = lower.indexOf(word)
    if (at === -1) return undefined
    const begins = at === 0 || isBoundary(lower, word)
    rank += at === 0 ? 0 : begins ? 1 : 2
  }
  return rank
}

/** Does the word begin at a place that follows no letter or digit? */
function isBoundary(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) return true
  return false
}
