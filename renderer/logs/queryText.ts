import { QuerySyntaxError, type Token, tokensOf } from '../../preload/log-query-tokens.ts'

/** The limit of the contract. */
const maxCharacters = 1_000

/** In quotes: nothing in it has a meaning of its own. */
export const phrase = (text: string): string => `"${text.replaceAll(/[\\"]/g, '\\$&')}"`

const plainValue = /^[\p{L}\p{N}_.@][\p{L}\p{N}_.@-]*$/u
const fieldName = /^[\p{L}_@][\p{L}\p{N}_.@-]*$/u

/** `NAME:VALUE` as the query language reads it. A name that it cannot read is left out: the value is searched for alone. */
export function condition(name: string, value: string): string {
  if (!fieldName.test(name)) return phrase(value)
  return `${name}:${plainValue.test(value) ? value : phrase(value)}`
}

function tokens(text: string): Token[] | undefined {
  try {
    return tokensOf(text)
  } catch (error) {
    if (error instanceof QuerySyntaxError) return undefined
    throw error
  }
}

/** A quote that is still open while the user types would take what is added. */
function closed(text: string): string {
  const last = tokens(`${text} x`)?.at(-1)
  return last?.kind === 'word' && last.text === 'x' ? text : `${text}"`
}

/** Has the text an `or` outside of parentheses? */
function hasOuterOr(text: string): boolean {
  let depth = 0
  for (const { kind } of tokens(text) ?? []) {
    if (kind === 'open') depth += 1
    else if (kind === 'close') depth -= 1
    else if (kind === 'or' && depth === 0) return true
  }
  return false
}

/**
 * The query with one more condition, which all lines must meet or none. The opposite condition is removed.
 * Undefined if the query would be too long, or have a line break, which its field cannot show.
 */
export function withCondition(text: string, added: string, how: 'include' | 'exclude'): string | undefined {
  const [wanted, opposite] = how === 'include' ? [added, `-${added}`] : [`-${added}`, added]
  const parts = closed(text.trim())
  const kept = hasOuterOr(parts) ? `(${parts})` : withoutPart(parts, opposite)
  if (hasPart(kept, wanted)) return kept
  const query = kept === '' ? wanted : `${kept} ${wanted}`
  return query.length > maxCharacters || /[\r\n]/.test(query) ? undefined : query
}

const hasPart = (text: string, part: string): boolean => ` ${text} `.includes(` ${part} `)

const withoutPart = (text: string, part: string): string => ` ${text} `.replace(` ${part} `, ' ').trim()

/** What the lines that match contain, and what of it is to be marked. */
export type SearchTerm =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'regex'; readonly source: string; readonly ignoreCase: boolean }

const unmarked = new Set(['level', 'source', 'pod', 'container', 'since', 'until', 'time', 'format'])

/** The terms of a query that its matches can contain: what is excluded is not among them. */
export function searchTerms(text: string): readonly SearchTerm[] {
  const found: SearchTerm[] = []
  let depth = 0
  /** The depth at which the excluded parenthesis is, or undefined. */
  let excludedAt: number | undefined
  let isExcluded = false
  for (const token of tokens(text) ?? []) {
    if (token.kind === 'open') {
      if (isExcluded && excludedAt === undefined) excludedAt = depth
      depth += 1
    } else if (token.kind === 'close') {
      depth -= 1
      if (excludedAt === depth) excludedAt = undefined
    } else if (!isExcluded && excludedAt === undefined) found.push(...termsOf(token))
    isExcluded = token.kind === 'exclude' || token.kind === 'not'
  }
  return found
}

function termsOf(token: Token): readonly SearchTerm[] {
  switch (token.kind) {
    case 'word':
    case 'phrase':
      return textTerm(token.text)
    case 'regex':
      return [{ kind: 'regex', source: token.source, ignoreCase: token.ignoreCase }]
    case 'pair': {
      if (token.operator !== ':' || unmarked.has(token.name.toLowerCase())) return []
      const { value } = token
      return value.kind === 'word' ? value.text.split('*').flatMap(textTerm) : termsOf(value)
    }
    default:
      return []
  }
}

const textTerm = (text: string): readonly SearchTerm[] => (text === '' ? [] : [{ kind: 'text', text }])
