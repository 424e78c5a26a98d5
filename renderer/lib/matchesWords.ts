/** Tells of a text whether it has all words of a search, in any order and case. An empty search matches every text. */
export function matchesWords(search: string): (text: string) => boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return (text) => {
    const lower = text.toLowerCase()
    return words.every((word) => lower.includes(word))
  }
}
