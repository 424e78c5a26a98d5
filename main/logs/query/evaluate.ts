import type { Level } from '../../../preload/contract/logs.ts'
import { compileRegex, type LogRegex } from './regex.ts'
import { isOrigin, type LogExpression, type Pattern } from './syntax.ts'

/** What a query asks of a record. Fields are read only if a condition needs them. */
export interface Subject {
  readonly atMs: number
  readonly level: Level | null
  readonly source: string
  readonly pod: string
  readonly container: string
  readonly raw: string
  /** Whether the raw text matches, where it can be decided without decoding it. */
  rawMatches?(regex: LogRegex): boolean
  /** The raw text by `fold`. */
  folded(): string
  /** Names and values, in the order of the line. */
  fields(): readonly (readonly [string, string])[]
}

export type Predicate = (subject: Subject) => boolean

/** In upper and lower case alike. Signatures fold in the same way: if they differed, matching blocks would be skipped. */
export const fold = (text: string): string => text.toLowerCase()

/** Compiles a query to a test of one record. Pure. */
export function predicateOf(expression: LogExpression): Predicate {
  switch (expression.kind) {
    case 'and': {
      const all = expression.of.map(predicateOf)
      return (subject) => all.every((holds) => holds(subject))
    }
    case 'or': {
      const any = expression.of.map(predicateOf)
      return (subject) => any.some((holds) => holds(subject))
    }
    case 'not': {
      const inner = predicateOf(expression.of)
      return (subject) => !inner(subject)
    }
    case 'text': {
      const text = fold(expression.text)
      return (subject) => subject.folded().includes(text)
    }
    case 'regex': {
      const regex = compileRegex(expression.regex)
      return (subject) => subject.rawMatches?.(regex) ?? regex.test(subject.raw)
    }
    case 'level': {
      const levels = new Set(expression.levels)
      return ({ level }) => levels.has(level)
    }
    case 'time': {
      const { fromMs, toMs } = expression
      return ({ atMs }) => atMs >= fromMs && atMs < toMs
    }
    case 'field': {
      const { name, pattern } = expression
      const fits = patternPredicate(pattern)
      if (isOrigin(name)) return (subject) => fits(subject[name])
      return (subject) => valuesOf(subject, name).some(fits)
    }
    case 'compare': {
      const { name, operator, number } = expression
      return (subject) => valuesOf(subject, name).some((value) => comparesTo(value, operator, number))
    }
  }
}

function valuesOf(subject: Subject, name: string): string[] {
  const wanted = fold(name)
  return subject.fields().flatMap(([key, value]) => (fold(key) === wanted ? [value] : []))
}

/** A number at the beginning counts: "12ms" is 12. */
function comparesTo(value: string, operator: '>' | '>=' | '<' | '<=', number: number): boolean {
  const read = Number.parseFloat(value)
  if (operator === '>') return read > number
  if (operator === '>=') return read >= number
  return operator === '<' ? read < number : read <= number
}

/** Linear in the value: each part is searched for once, from left to right. */
export function patternPredicate(pattern: Pattern): (value: string) => boolean {
  if (pattern.kind === 'regex') {
    const regex = compileRegex(pattern.regex)
    return (value) => regex.test(value)
  }
  const parts = pattern.parts.map(fold)
  const [first = '', ...rest] = parts
  const last = rest.pop()
  if (last === undefined) return (value) => fold(value) === first
  return (value) => {
    const folded = fold(value)
    if (!folded.startsWith(first)) return false
    let at = first.length
    for (const part of rest) {
      const found = folded.indexOf(part, at)
      if (found === -1) return false
      at = found + part.length
    }
    return folded.length - last.length >= at && folded.endsWith(last)
  }
}
