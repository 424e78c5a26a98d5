import {
  constructFromEvents,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  type Event,
  FAILSAFE_SCHEMA,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  parseEvents,
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
  try {
    const events = parseEvents(text, {})
    const documents = constructFromEvents(events, { source: text, schema, json: true })
    const [value] = documents
    // A text without aliases has fewer nodes than characters. More nodes come from aliases, which can expand to gigabytes.
    if (documents.length > 1 || expandedSize(value) > Math.max(text.length, 1)) return { faultLine: 1 }
    return { value, events }
  } catch (error) {
    return { faultLine: error instanceof YAMLException ? (error.mark?.line ?? 0) + 1 : 1 }
  }
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
    if (hasContent) return text.slice(0, index)
    begun = mark === '---'
    from = index + mark.length
  }
  return text
}

/** Whether the text is of the version of YAML that client-go reads, or names none. */
export const hasKnownVersion = (document: string): boolean =>
  [...document.slice(0, document.search(/^---/m)).matchAll(/^%YAML\s+(\S+)/gm)].every(
    ([, version]) => version === '1.1',
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
