import { Level } from '../../../preload/contract/logs.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { QuerySyntaxError, type Token, tokensOf, type Value } from '../../../preload/log-query-tokens.ts'
import { momentOf } from './moment.ts'
import { compileRegex } from './regex.ts'
import { everything, type LogExpression, type Pattern, type Regex } from './syntax.ts'

/**
 * Parses a query: words, "phrases", /regular expressions/, `NAME:VALUE`, `NAME>NUMBER`, `-exclude`, `and`, `or`, `not` and
 * parentheses. Conditions without a word between them must all hold. `nowMs` is what relative times refer to.
 * Throws QUERY_INVALID with the column. Pure.
 */
export function parseQuery(text: string, nowMs: number): LogExpression {
  try {
    return new Reader(tokensOf(text), text.length + 1, nowMs).whole()
  } catch (error) {
    if (!(error instanceof QuerySyntaxError)) throw error
    throw new Problem('QUERY_INVALID', `Column ${error.column}: ${error.message}`, error.hint)
  }
}

class Reader {
  readonly #tokens: readonly Token[]
  readonly #endColumn: number
  readonly #nowMs: number
  #at = 0

  constructor(tokens: readonly Token[], endColumn: number, nowMs: number) {
    this.#tokens = tokens
    this.#endColumn = endColumn
    this.#nowMs = nowMs
  }

  whole(): LogExpression {
    if (this.#tokens.length === 0) return everything
    const expression = this.#either()
    const rest = this.#tokens[this.#at]
    if (rest !== undefined) {
      throw new QuerySyntaxError(
        rest.column,
        '")" has no "(" before it.',
        'To find a parenthesis, put it in quotes: ")".',
      )
    }
    return expression
  }

  #either(): LogExpression {
    const of = [this.#all()]
    while (this.#take('or')) of.push(this.#all())
    return joined('or', of)
  }

  #all(): LogExpression {
    const of = [this.#one()]
    for (;;) {
      if (this.#take('and')) of.push(this.#one())
      else {
        const next = this.#tokens[this.#at]?.kind
        if (next === undefined || next === 'or' || next === 'close') return joined('and', of)
        of.push(this.#one())
      }
    }
  }

  #one(): LogExpression {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new QuerySyntaxError(this.#endColumn, 'a condition is missing at the end.', wordHint)
    this.#at += 1
    switch (token.kind) {
      case 'not':
      case 'exclude':
        return { kind: 'not', of: this.#one() }
      case 'open': {
        const inner = this.#either()
        if (!this.#take('close')) throw new QuerySyntaxError(token.column, '"(" is not closed.')
        return inner
      }
      case 'close':
      case 'and':
      case 'or':
        throw new QuerySyntaxError(
          token.column,
          `a condition is missing before "${token.kind === 'close' ? ')' : token.kind}".`,
          wordHint,
        )
      case 'word':
      case 'phrase':
        return { kind: 'text', text: token.text }
      case 'regex':
        return { kind: 'regex', regex: checkedRegex(token) }
      case 'pair':
        return pairCondition(token, this.#nowMs)
    }
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#at]?.kind !== kind) return false
    this.#at += 1
    return true
  }
}

const wordHint = 'To find the word "and", "or" or "not", put it in quotes.'

const joined = (kind: 'and' | 'or', of: readonly LogExpression[]): LogExpression =>
  of.length === 1 && of[0] !== undefined ? of[0] : { kind, of }

function pairCondition(token: Extract<Token, { kind: 'pair' }>, nowMs: number): LogExpression {
  const { name, operator, value } = token
  const key = name.toLowerCase()
  if (key === 'level') return levelCondition(operator, value)
  if (key === 'since' && operator === ':') return { kind: 'time', fromMs: moment(value, nowMs), toMs: Infinity }
  if (key === 'until' && operator === ':') return { kind: 'time', fromMs: -Infinity, toMs: moment(value, nowMs) }
  if (key === 'time' && operator !== ':') {
    const ms = moment(value, nowMs)
    if (operator === '>=') return { kind: 'time', fromMs: ms, toMs: Infinity }
    if (operator === '>') return { kind: 'time', fromMs: ms + 1, toMs: Infinity }
    return { kind: 'time', fromMs: -Infinity, toMs: operator === '<' ? ms : ms + 1 }
  }
  if (operator === ':') {
    // The names of lines differ in case; those of places do not.
    return { kind: 'field', name: ['source', 'pod', 'container'].includes(key) ? key : name, pattern: patternOf(value) }
  }
  const number = value.kind === 'regex' ? Number.NaN : Number(value.text)
  if (Number.isNaN(number)) throw new QuerySyntaxError(value.column, `"${name}${operator}" compares with a number.`)
  return { kind: 'compare', name, operator, number }
}

function patternOf(value: Value): Pattern {
  if (value.kind === 'regex') return { kind: 'regex', regex: checkedRegex(value) }
  return { kind: 'glob', parts: value.kind === 'phrase' ? [value.text] : value.text.split('*') }
}

const levelNames = [...Level.values]
const aliases: Readonly<Record<string, Level>> = {
  WARNING: 'WARN',
  ERR: 'ERROR',
  INFORMATION: 'INFO',
  CRITICAL: 'FATAL',
}

/** `level:error`, `level:error,warn`, `level:none`, `level>=warn`. */
function levelCondition(operator: string, value: Value): LogExpression {
  const text = value.kind === 'regex' ? `/${value.source}/` : value.text
  const levels = text.split(',').map((each): Level | null => {
    const upper = each.trim().toUpperCase()
    const known = Level.safeParse(aliases[upper] ?? upper)
    if (known.success) return known.data
    if (upper === 'NONE' && operator === ':') return null
    throw new QuerySyntaxError(
      value.column,
      `"${each}" is not a level.`,
      `The levels are ${levelNames.join(', ').toLowerCase()} and none (lines without a level).`,
    )
  })
  if (operator === ':') return { kind: 'level', levels }
  // The most severe level is the first of the list.
  const limit = levels[0] === undefined || levels[0] === null ? -1 : levelNames.indexOf(levels[0])
  const holds = (index: number): boolean =>
    operator === '>'
      ? index < limit
      : operator === '>='
        ? index <= limit
        : operator === '<'
          ? index > limit
          : index >= limit
  return { kind: 'level', levels: levelNames.filter((_, index) => holds(index)) }
}

function moment(value: Value, nowMs: number): number {
  const ms = value.kind === 'regex' ? undefined : momentOf(value.text, nowMs)
  if (ms !== undefined) return ms
  throw new QuerySyntaxError(
    value.column,
    'this is not a time.',
    'Write 15m, 2h, 3d, 2026-11-22, 2026-11-22T10:00+05:30, or in quotes "2026-11-22 10:00 Asia/Colombo". Without a zone it is UTC.',
  )
}

/** Compiles it once, so that its error has a column. */
function checkedRegex({ source, ignoreCase, column }: Extract<Value, { kind: 'regex' }>): Regex {
  try {
    compileRegex({ source, ignoreCase })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new QuerySyntaxError(
      column + 1,
      `the regular expression is not valid: ${reason}.`,
      'The syntax is that of RE2: no look-around and no back-references, so that every search takes linear time.',
    )
  }
  return { source, ignoreCase }
}
