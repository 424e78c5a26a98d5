/** The words of a query, for the core, which evaluates it, and the window, which adds to it and marks matches. Pure. */

/** Where something is in the text of a query, counted from 1. */
interface Placed {
  readonly column: number
}

export type Value = Placed &
  (
    | { readonly kind: 'word' | 'phrase'; readonly text: string }
    | { readonly kind: 'regex'; readonly source: string; readonly ignoreCase: boolean }
  )

export type Token =
  | Value
  | (Placed & { readonly kind: 'open' | 'close' | 'exclude' | 'and' | 'or' | 'not' })
  /** `NAME:VALUE`, or `NAME` with `>`, `>=`, `<` or `<=`. */
  | (Placed & {
      readonly kind: 'pair'
      readonly name: string
      readonly operator: ':' | '>' | '>=' | '<' | '<='
      readonly value: Value
    })

const keywords = new Set(['and', 'or', 'not'])
const isKeyword = (text: string): text is 'and' | 'or' | 'not' => keywords.has(text)
const valueNames = new Set(['level', 'source', 'pod', 'container', 'since', 'until'])
/** A name begins with a letter: "10:30" is a word. "http://…" and "a>b" are words too. */
const pairStart = /([\p{L}_@][\p{L}\p{N}_.@-]*)(:(?!\/\/)|(?:>=|<=|>|<)(?=-?\.?\d|now|"))/uy
const levelComparison = /(level)(>=|<=|>|<)/iy
/** The slash that ends a regular expression is before a space, `)` or the end: "/api/orders" is a word. */
const regexLiteral = /\/((?:[^/\\]|\\.)+)\/(i?)(?=[\s)]|$)/uy

/** `column` counts from 1. */
export class QuerySyntaxError extends Error {
  readonly column: number
  readonly hint: string

  constructor(column: number, message: string, hint = '') {
    super(message)
    this.column = column
    this.hint = hint
  }
}

/** Splits the text of a query. Throws QuerySyntaxError. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const column = at + 1
    const char = text[at] ?? ''
    if (/\s/.test(char)) at += 1
    else if (char === '(' || char === ')') {
      tokens.push({ kind: char === '(' ? 'open' : 'close', column })
      at += 1
    } else if (char === '-' && /[^\s)]/.test(text[at + 1] ?? ' ')) {
      tokens.push({ kind: 'exclude', column })
      at += 1
    } else {
      const pair = matchAt(levelComparison, text, at) ?? matchAt(pairStart, text, at)
      const [whole = '', name = '', operator = ''] = pair ?? []
      const read = pair === undefined ? undefined : readValue(text, at + whole.length)
      if (read !== undefined && isOperator(operator)) {
        tokens.push({ kind: 'pair', name, operator, value: read.value, column })
        at = read.end
        continue
      }
      if (pair !== undefined && valueNames.has(name.toLowerCase())) {
        throw new QuerySyntaxError(
          at + whole.length + 1,
          `"${whole}" needs a value.`,
          `To find the text itself, put it in quotes: "${whole}".`,
        )
      }
      const { value, end } = readValue(text, at) ?? {
        value: { kind: 'word' as const, text: char, column },
        end: at + 1,
      }
      const keyword = value.kind === 'word' ? value.text.toLowerCase() : ''
      tokens.push(isKeyword(keyword) ? { kind: keyword, column } : value)
      at = end
    }
  }
  return tokens
}

const isOperator = (text: string): text is ':' | '>' | '>=' | '<' | '<=' => [':', '>', '>=', '<', '<='].includes(text)

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

/** Undefined where a space, `)` or the end is. */
function readValue(text: string, at: number): { readonly value: Value; readonly end: number } | undefined {
  const column = at + 1
  if (text[at] === '"') return readPhrase(text, at)
  const regex = matchAt(regexLiteral, text, at)
  if (regex !== undefined) {
    const [whole, source = '', flag] = regex
    return { value: { kind: 'regex', source, ignoreCase: flag === 'i', column }, end: at + whole.length }
  }
  const end = wordEnd(text, at)
  return end === at ? undefined : { value: { kind: 'word', text: text.slice(at, end), column }, end }
}

/** `\"` and `\\` stand for the character. An unclosed quote extends to the end, so that a search works while it is typed. */
function readPhrase(text: string, at: number): { readonly value: Value; readonly end: number } {
  let phrase = ''
  let end = at + 1
  for (; end < text.length && text[end] !== '"'; end += 1) {
    const isEscape = text[end] === '\\' && /["\\]/.test(text[end + 1] ?? '')
    if (isEscape) end += 1
    phrase += text[end] ?? ''
  }
  return { value: { kind: 'phrase', text: phrase, column: at + 1 }, end: Math.min(end + 1, text.length) }
}

/** Parentheses that are closed inside a word belong to it: "f(x)" is one word, and so is the "b" of "(a or b)". */
function wordEnd(text: string, start: number): number {
  let depth = 0
  let end = start
  for (; end < text.length; end += 1) {
    const char = text[end] ?? ''
    if (/[\s"]/.test(char)) break
    if (char === '(') depth += 1
    else if (char === ')') {
      if (depth === 0) break
      depth -= 1
    }
  }
  return end
}
