import type { Requirement } from '../query/requirement.ts'
import { certainTexts } from './certain-texts.ts'
import type { Origin } from './engine.ts'

/** The labels by which Loki names what a line is from. */
export type OriginLabels = Origin

/** Longer lists of names are left out: a query of 131,072 characters is refused, and each name costs time. */
const maxNamesCharacters = 8_000

/**
 * Chooses lines such that each record that fulfils the requirement has one of them; undefined where any line can be of such a record.
 *
 * The expression is one that Loki does not replace by a search for texts: before 3.4 that search missed "aab" in "aaab"
 * (`containsLower` in its pkg/logql/log/filter.go). The class also has what is "i" and "k" in lower case, and not in RE2. Pure.
 */
export function lineFilterOf(requirement: Requirement): string | undefined {
  const texts = certainTexts(requirement, /[\x20-\x7e]+/g)
  if (texts === undefined) return undefined
  return `|~ ${quoted(`(?i:${texts.map(regexQuoted).join('|')})|[\\x{130}\\x{212A}]`)}`
}

const regexQuoted = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')

/** A value in a label matcher of LogQL: a Go string. Pure. */
const quoted = (value: string): string => JSON.stringify(value)

/** Chooses the streams with these labels. Pure. */
export const selectorOf = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(',')}}`

/** Chooses the streams of these containers; those of others too, where their names do not fit into a query. Pure. */
export function streamSelector(names: OriginLabels, containers: readonly Origin[]): string {
  const matchers = (['namespace', 'pod', 'container'] as const).flatMap((part) => {
    const values = [...new Set(containers.map((container) => container[part]))].sort()
    if (values.length === 1 && values[0] !== undefined) return [`${names[part]}=${quoted(values[0])}`]
    const matcher = `${names[part]}=~${quoted(values.map(regexQuoted).join('|'))}`
    return matcher.length > maxNamesCharacters ? [] : [matcher]
  })
  return `{${matchers.join(',')}}`
}
