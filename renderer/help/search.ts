import { hasWords, matchRank, wordsOf } from '../lib/words.ts'
import { blockText, type HelpPage, inlineText } from './page.ts'

/** A heading with the text below it, up to the next heading. */
export interface HelpSection {
  readonly page: string
  readonly pageTitle: string
  /** Undefined for the text before the first heading. */
  readonly anchor: string | undefined
  readonly title: string
  readonly text: string
}

export function sectionsOf(pages: ReadonlyMap<string, HelpPage>): readonly HelpSection[] {
  return [...pages].flatMap(([page, { title: pageTitle, blocks }]) => {
    const starts = blocks.flatMap((block, at) => (block.kind === 'heading' ? [{ block, at }] : []))
    const textOf = (from: number, to: number | undefined) => blocks.slice(from, to).map(blockText).join('\n')
    return [
      { page, pageTitle, anchor: undefined, title: pageTitle, text: textOf(0, starts[0]?.at) },
      ...starts.map(({ block, at }, index) => ({
        page,
        pageTitle,
        anchor: block.anchor,
        title: inlineText(block.parts),
        text: textOf(at + 1, starts[index + 1]?.at),
      })),
    ]
  })
}

/** More would be a list that nobody reads: a further word is quicker. */
const shownAtMost = 50

/** Sections with all words, those with the words in their title first. */
export function searchHelp(sections: readonly HelpSection[], query: string): readonly HelpSection[] {
  const words = wordsOf(query)
  if (words.length === 0) return []
  return sections
    .filter(({ title, text, pageTitle }) => hasWords(`${pageTitle}\n${title}\n${text}`, words))
    .map((section) => ({ section, rank: matchRank(section.title, words) ?? Number.POSITIVE_INFINITY }))
    .toSorted((one, other) => (one.rank === other.rank ? 0 : one.rank - other.rank))
    .slice(0, shownAtMost)
    .map(({ section }) => section)
}

const excerptCharacters = 140

/** The text around the first word, on one line. */
export function excerpt(text: string, query: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const [first = ''] = wordsOf(query)
  const at = Math.max(0, line.toLowerCase().indexOf(first))
  const from = at < excerptCharacters / 2 ? 0 : line.indexOf(' ', at - excerptCharacters / 2) + 1
  const cut = line.slice(from, from + excerptCharacters)
  return `${from > 0 ? '… ' : ''}${cut}${from + excerptCharacters < line.length ? ' …' : ''}`
}
