import { patternPredicate } from '../query/evaluate.ts'
import type { Requirement } from '../query/requirement.ts'
import type { OriginName } from '../query/syntax.ts'

/** An engine tests each line, or each of its words, for each of them. */
const maxTexts = 50

/**
 * Texts in lower case, of which a line of each record that fulfils the requirement has one at least: as a record can have several
 * lines, only one is taken of the texts that must all be in it. Undefined where any line can be of such a record. `usable` matches
 * the parts of a text that the engine can look for. Pure.
 */
export function certainTexts(requirement: Requirement, usable: RegExp): readonly string[] | undefined {
  if (requirement.kind === 'text') {
    const runs = requirement.text.match(usable) ?? []
    return runs.length === 0 ? undefined : [longest(runs)]
  }
  if (requirement.kind === 'all') {
    const certain = requirement.of.flatMap((each) => {
      const texts = certainTexts(each, usable)
      return texts === undefined ? [] : [texts]
    })
    return certain.toSorted((a, b) => leastLength(b) - leastLength(a) || a.length - b.length)[0]
  }
  if (requirement.kind !== 'any') return undefined
  const texts = new Set<string>()
  for (const each of requirement.of) {
    const own = certainTexts(each, usable)
    if (own === undefined) return undefined
    for (const text of own) texts.add(text)
  }
  return texts.size > maxTexts ? undefined : [...texts]
}

const longest = (texts: readonly string[]): string => texts.reduce((a, b) => (b.length > a.length ? b : a))
const leastLength = (texts: readonly string[]): number => Math.min(...texts.map(({ length }) => length))

/** Whether a record of this origin can fulfil the requirement. Pure. */
export function canBeFrom(requirement: Requirement, origin: Readonly<Record<OriginName, string>>): boolean {
  if (requirement.kind === 'all') return requirement.of.every((each) => canBeFrom(each, origin))
  if (requirement.kind === 'any') return requirement.of.some((each) => canBeFrom(each, origin))
  return requirement.kind !== 'origin' || patternPredicate(requirement.pattern)(origin[requirement.name])
}
