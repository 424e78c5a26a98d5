import type { Requirement } from '../query/requirement.ts'
import { certainTexts } from './certain-texts.ts'
import type { Origin } from './engine.ts'
import type { Layout } from './opensearch-layout.ts'

/** A query of OpenSearch: https://docs.opensearch.org/latest/query-dsl */
export type Dsl = Readonly<Record<string, unknown>>

/** Shorter parts of words are in most lines. */
const words = /[a-z0-9]{3,}/g
const runs = /[\x20-\x7e]{3,}/g
/**
 * The tokenizer cuts words at 255 characters of UTF-16 (`StandardTokenizer.MAX_TOKEN_LENGTH_DEFAULT`), so a text can stand in two
 * parts of one: lines with such parts are chosen, whatever they contain.
 */
const longWord = `${'?'.repeat(128)}*`
/**
 * Are "k" and "i" in lower case here, and not where OpenSearch ignores the case of ASCII letters alone. They are asked for as they
 * are: without their case, most lines would have them.
 */
const foldedLetters = ['\u212a', '\u0130']

/** Documents of a time, in ms since 1970, and of these containers; those of others can be among them. Pure. */
export function documentsOf(
  layout: Layout,
  containers: readonly Origin[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Dsl[] {
  const { exact, time } = layout
  const parts = (['namespace', 'pod', 'container'] as const).map((part) => ({
    terms: { [exact[part]]: [...new Set(containers.map((container) => container[part]))].sort() },
  }))
  return [timeRange(time, fromMs, toMs), ...parts]
}

/** Pure. */
export const timeRange = (time: string, fromMs: number, toMs: number): Dsl => ({
  range: { [time]: { gte: fromMs, lt: toMs, format: 'epoch_millis' } },
})

/**
 * Chooses documents such that each record that fulfils the requirement has one of them; undefined where any document can be of such a
 * record, or the analyzer of the text is not known to keep all letters and digits. Documents without the text field are always
 * chosen: `lineIn` makes their line of other fields, and a keyword that is too long is not indexed.
 *
 * A run of ASCII letters and digits is never divided by the standard tokenizer (https://unicode.org/reports/tr29, WB5 and WB8 to WB10)
 * but at its limit of length, and is in lower case in its words. So a text is in a line only if it is in a word. Pure.
 */
export function textFilterOf(requirement: Requirement, { text, textTypes }: Layout): Dsl | undefined {
  const isAnalyzed = textTypes.some((type) => type === 'text' || type === 'match_only_text')
  const isWhole = textTypes.some((type) => type === 'keyword' || type === 'wildcard')
  const texts = certainTexts(requirement, isAnalyzed ? words : runs)
  if (texts === undefined) return undefined
  const ofWords = [...texts.map((each) => `*${each}*`), longWord].map((value) => ({ wildcard: { [text]: { value } } }))
  const ofWhole = [
    ...texts.map((each) => ({ wildcard: { [text]: { value: `*${wildcardQuoted(each)}*`, case_insensitive: true } } })),
    ...foldedLetters.map((each) => ({ wildcard: { [text]: { value: `*${each}*` } } })),
  ]
  const should = [
    ...(isAnalyzed ? ofWords : []),
    ...(isWhole ? ofWhole : []),
    { bool: { must_not: [{ exists: { field: text } }] } },
  ]
  return { bool: { should, minimum_should_match: 1 } }
}

const wildcardQuoted = (text: string): string => text.replace(/[\\*?]/g, '\\$&')
