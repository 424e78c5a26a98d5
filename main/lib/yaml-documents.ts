import {
  Composer,
  type CST,
  type Document,
  isScalar,
  Lexer,
  type LineCounter,
  type ParsedNode,
  Parser,
  visit,
} from 'yaml'
import { expandedSize } from './rules/expanded-size.ts'

export interface YamlError {
  /** Characters from the start of the text. */
  readonly offset: number
  /** The parser's code, `DUPLICATE_KEY` or `LIMIT`. */
  readonly code: string
  readonly message: string
}

/**
 * What a text of others costs at most. A profile of 20,000 keys has 40,000 values; the largest known chart renders 150,000.
 * The limits are checked between the parser's steps, each of which is linear.
 */
export interface YamlLimits {
  readonly characters: number
  readonly values: number
  readonly depth: number
  /** Anchors and aliases together. */
  readonly aliases: number
}

const yamlLimits: YamlLimits = { characters: 5_000_000, values: 100_000, depth: 64, aliases: 1_000 }

/** A key with its value is four tokens and an end of line. */
const tokensPerValue = 5

export interface YamlDocuments {
  readonly documents: readonly Document<ParsedNode>[]
  readonly errors: readonly YamlError[]
}

/** Parses a text whose cost is limited. Beyond a limit there are no documents, and one error with the code `LIMIT`. */
export function parseDocuments(text: string, counter?: LineCounter, limits: YamlLimits = yamlLimits): YamlDocuments {
  try {
    const tokens = tokenize(text, counter, limits)
    checkShape(tokens, limits)
    // The library's own check for duplicate keys compares each key with all others: 20,000 keys take half a minute.
    const options = { uniqueKeys: false, prettyErrors: false, logLevel: 'error', merge: true } as const
    const documents = [...new Composer(options).compose(tokens, true, text.length)]
    const errors = documents.flatMap((document) => [
      ...document.errors.map(({ pos, code, message }) => ({ offset: pos[0], code, message })),
      ...duplicateKeys(document),
    ])
    return { documents, errors }
  } catch (error) {
    if (error instanceof LimitExceeded) {
      return { documents: [], errors: [{ offset: error.offset, code: 'LIMIT', message: error.message }] }
    }
    throw error
  }
}

/**
 * The value of a document without errors. Throws where aliases refer to nothing, or expand it beyond the limit of values:
 * in memory they share one value, but whatever reads the value visits each of its places.
 */
export function documentValue(document: Document, limits: YamlLimits = yamlLimits): unknown {
  const value: unknown = document.toJS({ maxAliasCount: limits.aliases })
  if (expandedSize(value) > limits.values) throw new Error('The aliases expand to too many values.')
  return value
}

class LimitExceeded extends Error {
  readonly offset: number

  constructor(offset: number, what: string) {
    super(`at most ${what}`)
    this.offset = offset
  }
}

const count = (limit: number, unit: string): string => `${limit.toLocaleString('en')} ${unit}`

function tokenize(text: string, counter: LineCounter | undefined, limits: YamlLimits): CST.Token[] {
  if (text.length > limits.characters) throw new LimitExceeded(0, count(limits.characters, 'characters'))
  const parser = new Parser(counter?.addNewLine)
  counter?.addNewLine(0)
  const tokens: CST.Token[] = []
  let left = limits.values * tokensPerValue
  for (const lexeme of new Lexer().lex(text)) {
    left -= 1
    if (left < 0) throw new LimitExceeded(parser.offset, count(limits.values, 'values'))
    for (const token of parser.next(lexeme)) tokens.push(token)
  }
  for (const token of parser.end()) tokens.push(token)
  return tokens
}

/** Counts values, depth and aliases without recursion: what follows recurses, and would end the stack. */
function checkShape(tokens: readonly CST.Token[], limits: YamlLimits): void {
  const open: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({ token, depth: 0 }))
  let values = 0
  let aliases = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next
    if (token.type === 'document') {
      if (token.value !== undefined) open.push({ token: token.value, depth })
      aliases += anchorsIn(token.start)
      continue
    }
    values += 1
    if (values > limits.values) throw new LimitExceeded(token.offset, count(limits.values, 'values'))
    if (depth > limits.depth) throw new LimitExceeded(token.offset, `${limits.depth} levels`)
    if (token.type === 'alias') aliases += 1
    if ('items' in token) {
      for (const { start, key, sep, value } of token.items) {
        aliases += anchorsIn(start) + anchorsIn(sep)
        if (key) open.push({ token: key, depth: depth + 1 })
        if (value !== undefined) open.push({ token: value, depth: depth + 1 })
      }
    }
    if (aliases > limits.aliases) throw new LimitExceeded(token.offset, count(limits.aliases, 'anchors and aliases'))
  }
}

const anchorsIn = (tokens: readonly CST.SourceToken[] | undefined): number =>
  tokens?.filter(({ type }) => type === 'anchor').length ?? 0

function duplicateKeys(document: Document): YamlError[] {
  const errors: YamlError[] = []
  visit(document, {
    Map(_key, node) {
      const seen = new Set<unknown>()
      for (const { key } of node.items) {
        if (!isScalar(key) || key.value === '<<') continue
        if (seen.has(key.value)) {
          errors.push({ offset: key.range?.[0] ?? 0, code: 'DUPLICATE_KEY', message: 'Map keys must be unique' })
        }
        seen.add(key.value)
      }
    },
  })
  return errors
}

/** The value of a text with one document. Throws where it is not YAML, or more than the limits allow. */
export function parseYaml(text: string): unknown {
  const { documents, errors } = parseDocuments(text)
  const [document, second] = documents
  if (errors.length > 0 || document === undefined || second !== undefined)
    throw new Error(errors[0]?.message ?? 'not one document')
  return documentValue(document)
}
