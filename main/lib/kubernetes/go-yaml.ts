import {
  COLLECTION_STYLE,
  constructFromEvents,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  EVENT_ID,
  type Event,
  FAILSAFE_SCHEMA,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  seqTag,
  YAMLException,
} from 'js-yaml'
import { expandedSize } from '../rules/expanded-size.ts'

/**
 * The types that client-go gives unquoted scalars: those of YAML 1.1, but dates stay text. A number is only known to be one.
 * https://github.com/yaml/go-yaml/blob/v2/resolve.go
 */
const nulls: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL'])
const trues: ReadonlySet<string> = new Set('y Y yes Yes YES true True TRUE on On ON'.split(' '))
const falses: ReadonlySet<string> = new Set('n N no No NO false False FALSE off Off OFF'.split(' '))
const integer = /^[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|\d+)$/
const float = /^([-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/

const yaml = (name: string): string => `tag:yaml.org,2002:${name}`
const loadOnly = { identify: () => false }

const nullTag = defineScalarTag(yaml('null'), {
  ...loadOnly,
  implicit: true,
  implicitFirstChars: ['', '~', 'n', 'N'],
  resolve: (source) => (nulls.has(source) ? null : NOT_RESOLVED),
})
const boolTag = defineScalarTag(yaml('bool'), {
  ...loadOnly,
  implicit: true,
  implicitFirstChars: [...'yYnNtTfFoO'],
  resolve: (source) => (trues.has(source) ? true : falses.has(source) ? false : NOT_RESOLVED),
})
const numberTag = defineScalarTag(yaml('float'), {
  ...loadOnly,
  implicit: true,
  implicitFirstChars: [...'+-.0123456789'],
  resolve: (source) => {
    const plain = source.replaceAll('_', '')
    return integer.test(plain) || float.test(plain) ? Number(plain) : NOT_RESOLVED
  },
})
const intTag = defineScalarTag(yaml('int'), {
  ...loadOnly,
  resolve: (source) => (integer.test(source.replaceAll('_', '')) ? Number(source.replaceAll('_', '')) : NOT_RESOLVED),
})
const binaryTag = defineScalarTag(yaml('binary'), {
  ...loadOnly,
  resolve: (source) => Buffer.from(source, 'base64').toString('utf8'),
})
const timestampTag = defineScalarTag(yaml('timestamp'), { ...loadOnly, resolve: (source) => source })
/** client-go ignores tags of others. */
const foreign = { ...loadOnly, matchByTagPrefix: true }
const foreignTags = ['!', 'tag:'].flatMap((prefix) => [
  defineScalarTag(prefix, { ...foreign, resolve: (source) => source }),
  defineSequenceTag<unknown[]>(prefix, { ...foreign, create: seqTag.create, addItem: seqTag.addItem }),
  defineMappingTag<Record<string, unknown>>(prefix, {
    ...foreign,
    create: mapTag.create,
    addPair: mapTag.addPair,
    has: mapTag.has,
    keys: mapTag.keys,
    get: mapTag.get,
  }),
])

const schema = FAILSAFE_SCHEMA.withTags(
  mergeTag,
  nullTag,
  boolTag,
  numberTag,
  intTag,
  binaryTag,
  timestampTag,
  ...foreignTags,
)

export type Parsed = { readonly value: unknown; readonly events: readonly Event[] } | { readonly faultLine: number }

/**
 * The value of one YAML document as client-go reads it; undefined for none. Of a key that is repeated the last value counts.
 * Nothing of the parser's message is passed on: it quotes the text, which holds secrets.
 */
export function parseGoYaml(text: string): Parsed {
  const parsed = parseAsGiven(text)
  if ('value' in parsed) return parsed
  const usual = withUsualBlanks(text)
  return usual === text ? parsed : parseAsGiven(usual)
}

/** As long as the text, with what client-go accepts and the parser refuses: a tab after a key, a comment right after a bracket. */
const withUsualBlanks = (text: string): string =>
  text
    .split('\n')
    .map((line) => withoutTouchingComment(withSpacesAfterKey(line)))
    .join('\n')

const withSpacesAfterKey = (line: string): string =>
  line.replace(/^( *(?:- )?[\w-]+:)(\t+)/, (_, key: string, tabs: string) => key + ' '.repeat(tabs.length))

function withoutTouchingComment(line: string): string {
  const start = line.indexOf('#')
  const isTouching = start > 0 && /[}\]]/.test(line.charAt(start - 1)) && !/["']/.test(line.slice(0, start))
  return isTouching ? line.slice(0, start).padEnd(line.length) : line
}

function parseAsGiven(text: string): Parsed {
  try {
    const events = parseEvents(text, {})
    const faultAt = refusedIn(events, text)
    if (faultAt !== undefined) return { faultLine: text.slice(0, faultAt).split('\n').length }
    const documents = constructFromEvents(events, { source: text, schema, json: true })
    const [value] = documents
    // A text without aliases has fewer nodes than characters. More nodes come from aliases, which can expand to gigabytes.
    if (documents.length > 1 || expandedSize(value) > Math.max(text.length, 1)) return { faultLine: 1 }
    return { value, events }
  } catch (error) {
    return { faultLine: error instanceof YAMLException ? (error.mark?.line ?? 0) + 1 : 1 }
  }
}

interface Parent {
  readonly isMapping: boolean
  readonly isFlow: boolean
  children: number
}

/** Where the text has what client-go refuses and the parser accepts; undefined: nowhere. */
function refusedIn(events: readonly Event[], text: string): number | undefined {
  const parents: Parent[] = []
  for (const event of events) {
    const parent = parents.at(-1)
    if (event.type === EVENT_ID.POP) {
      parents.pop()
      continue
    }
    const isKey = parent?.isMapping === true && parent.children % 2 === 0
    if (parent !== undefined) parent.children += 1
    if (event.type === EVENT_ID.SCALAR && isRefused(event, text, { isKey, isFlow: parent?.isFlow === true })) {
      return Math.max(event.valueStart, 0)
    }
    if (event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS) continue
    const isFlow = event.type !== EVENT_ID.DOCUMENT && event.style === COLLECTION_STYLE.FLOW
    parents.push({ isMapping: event.type === EVENT_ID.MAPPING, isFlow, children: 0 })
  }
  return undefined
}

/** The escapes of YAML 1.1: a slash has none, and no character is half of another. */
const refusedEscape = /^(\/|u[dD][89a-fA-F])/

function isRefused(event: ScalarEvent, text: string, { isKey, isFlow }: { isKey: boolean; isFlow: boolean }): boolean {
  // A tag ends at a blank, not at a comma or bracket.
  if (event.tagEnd > event.tagStart && /\S/.test(text[event.tagEnd] ?? ' ')) return true
  if (event.valueStart < 0) return isKey && event.tagEnd <= event.tagStart
  const value = text.slice(event.valueStart, event.valueEnd)
  if (event.style === SCALAR_STYLE.DOUBLE_QUOTED) {
    return [...value.matchAll(/\\(u...|.)/gs)].some(([, code = '']) => refusedEscape.test(code))
  }
  if (event.style !== SCALAR_STYLE.PLAIN || event.tagEnd > event.tagStart) return false
  return (isFlow && value.startsWith('?')) || (isKey && nulls.has(value))
}

/**
 * A line that is no comment and no directive. `^` of the flag `m` would also begin a line that it then reads over, at each
 * carriage return of a text of nothing else. The line ends are those of YAML 1.1.
 */
const content = /(?:^|[\n\r\u2028\u2029])[^\S\n\r\u2028\u2029]*[^\s#%]/

/**
 * The text up to the end of its first document: client-go reads no further, also where the rest is not YAML. The marks of
 * documents are not part of any value: they begin a line, which an indented text does not.
 */
export function firstDocument(text: string): string {
  let from = 0
  let begun = false
  for (const { index, 0: mark } of text.matchAll(/^(---|\.\.\.)(?=\s|$)/gm)) {
    const hasContent = begun || content.test(text.slice(from, index))
    if (hasContent || mark === '...') return text.slice(0, index)
    begun = true
    from = index + mark.length
  }
  return text
}

/** Line ends of YAML 1.1 that the parser takes for characters. */
const otherBreak = /[\u0085\u2028\u2029]/

/** The text with usual line ends. Inside a value, where only the next-line character is folded, the others stay. */
export function withUsualBreaks(text: string): string {
  if (!otherBreak.test(text)) return text
  return text
    .split('\n')
    .map((line) => (otherBreak.test(line) ? breakLine(line) : line))
    .join('\n')
}

function breakLine(line: string): string {
  const indent = ' '.repeat(line.length - line.trimStart().length)
  const parts: string[] = []
  let quote = ''
  let isComment = false
  for (const [index, sign] of [...line].entries()) {
    const before = parts.at(-1) ?? ''
    if (otherBreak.test(sign)) {
      const isInside = !isComment && (quote !== '' || (isWord(before) && isWord(line[index + 1] ?? '')))
      if (!isInside) isComment = false
      parts.push(!isInside ? '\n' : sign === '\u0085' ? `\n${indent}  ` : sign)
      continue
    }
    if (quote !== '') quote = sign === quote && (quote === "'" || before !== '\\') ? '' : quote
    else if (!isComment && (sign === '"' || sign === "'") && !isWord(before)) quote = sign
    else if (sign === '#' && /^\s?$/.test(before)) isComment = true
    parts.push(sign)
  }
  return parts.join('')
}

const isWord = (sign: string): boolean => /[^\s:,[\]{}"'-]/.test(sign)

/** Whether the directives of the text are ones that client-go reads, and its version of YAML too. */
export const hasKnownVersion = (document: string): boolean =>
  [...document.slice(0, document.search(/^---/m)).matchAll(/^%(\S*)\s*(\S*)/gm)].every(
    ([, directive, version]) => directive === 'TAG' || (directive === 'YAML' && version === '1.1'),
  )

/** Line ends and the signs of which YAML is made. 2,000 contexts with their clusters and users have about 60,000. */
const signLimit = 250_000
const isSign = new Uint8Array(65_536)
for (const sign of '\n:,[{&*!?"\'') isSign[sign.charCodeAt(0)] = 1

/** Whether parsing a text costs more than any kubeconfig needs. Takes time that grows with the text. */
export function isTooComplex(text: string): boolean {
  if (text.length <= signLimit) return false
  let left = signLimit
  for (let index = 0; index < text.length && left >= 0; index += 1) left -= isSign[text.charCodeAt(index)] ?? 0
  return left < 0
}
