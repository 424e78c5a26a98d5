import { patternPredicate } from '../query/evaluate.ts'
import type { Requirement } from '../query/requirement.ts'
import type { OriginName } from '../query/syntax.ts'
import type { EngineContainer, OriginLabels } from './containers.ts'
import { quoted } from './loki.ts'

/** Longer lists of names are left out: a query of 131,072 characters is refused, and each name costs time. */
const maxNamesCharacters = 8_000
/** Loki tests each line for each of them. */
const maxTexts = 50

/**
 * Chooses lines such that each record that fulfils the requirement has one of them. Undefined where any line can be of such a
 * record. As a record can have several lines, only one is asked for of the texts that must all be in it.
 *
 * The expression is one that Loki does not replace by a search for texts: before 3.4 that search missed "aab" in "aaab"
 * (`containsLower` in its pkg/logql/log/filter.go). The class also has what is "i" and "k" in lower case, and not in RE2. Pure.
 */
export function lineFilterOf(requirement: Requirement): string | undefined {
  const texts = textsOf(requirement)
  if (texts === undefined) return undefined
  return `|~ ${quoted(`(?i:${texts.map(regexQuoted).join('|')})|[\\x{130}\\x{212A}]`)}`
}

/** Texts in lower case, of which a line of each record that fulfils the requirement has one at least. */
function textsOf(requirement: Requirement): readonly string[] | undefined {
  if (requirement.kind === 'text') {
    const runs = requirement.text.match(/[\x20-\x7e]+/g) ?? []
    return runs.length === 0 ? undefined : [longest(runs)]
  }
  if (requirement.kind === 'all') {
    const certain = requirement.of.flatMap((each) => {
      const texts = textsOf(each)
      return texts === undefined ? [] : [texts]
    })
    return certain.toSorted((a, b) => leastLength(b) - leastLength(a) || a.length - b.length)[0]
  }
  if (requirement.kind !== 'any') return undefined
  const texts = new Set<string>()
  for (const each of requirement.of) {
    const own = textsOf(each)
    if (own === undefined) return undefined
    for (const text of own) texts.add(text)
  }
  return texts.size > maxTexts ? undefined : [...texts]
}

const longest = (texts: readonly string[]): string => texts.reduce((a, b) => (b.length > a.length ? b : a))
const leastLength = (texts: readonly string[]): number => Math.min(...texts.map(({ length }) => length))
const regexQuoted = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')

/** Where the lines of a container are from. */
type Origin = Readonly<Record<OriginName, string>>

/** Whether a record of this origin can fulfil the requirement. Pure. */
export function canBeFrom(requirement: Requirement, origin: Origin): boolean {
  if (requirement.kind === 'all') return requirement.of.every((each) => canBeFrom(each, origin))
  if (requirement.kind === 'any') return requirement.of.some((each) => canBeFrom(each, origin))
  return requirement.kind !== 'origin' || patternPredicate(requirement.pattern)(origin[requirement.name])
}

/** Chooses the streams of these containers; those of others too, where their names do not fit into a query. Pure. */
export function streamSelector(names: OriginLabels, containers: readonly Pick<EngineContainer, 'labels'>[]): string {
  const matchers = [names.namespace, names.pod, names.container].flatMap((name) => {
    const values = [...new Set(containers.map(({ labels }) => labels[name] ?? ''))].sort()
    if (values.length === 1 && values[0] !== undefined) return [`${name}=${quoted(values[0])}`]
    const matcher = `${name}=~${quoted(values.map(regexQuoted).join('|'))}`
    return matcher.length > maxNamesCharacters ? [] : [matcher]
  })
  return `{${matchers.join(',')}}`
}
