import { Problem } from '../../../preload/contract/problem.ts'
import type { AskOpenSearch, OpenSearchRequest } from './opensearch.ts'
import { valueAt } from './opensearch-layout.ts'
import type { ScriptedLine } from './scripted-loki.ts'

type Json = Readonly<Record<string, unknown>>

export interface ScriptedDocument {
  readonly source: Json
  /** Of its shard: documents of several shards can have the same one. */
  readonly sequence: number
}

interface Script {
  readonly fields?: Readonly<Record<string, string>>
  /** Of the text field. */
  readonly mapping?: Json
  readonly settings?: Json
  /** More at once are refused. */
  readonly maxLines?: number
  /** Answers of lines until the connection is lost. */
  readonly pages?: number
  /** Whether searches within words are forbidden. */
  readonly isCheap?: boolean
}

/** As Fluent Bit writes them, with times of milliseconds. */
export const documentsFrom = (lines: readonly ScriptedLine[], shards = 1): ScriptedDocument[] =>
  lines.map(({ ns, line, labels: { namespace, pod, container } }, index) => ({
    sequence: Math.floor(index / shards),
    source: {
      '@timestamp': new Date(Number(ns / 1_000_000n)).toISOString(),
      log: line,
      stream: 'stdout',
      kubernetes: { namespace_name: namespace, pod_name: pod, container_name: container },
    },
  }))

const dynamic = {
  '@timestamp': 'date',
  log: 'text',
  ...Object.fromEntries(
    ['namespace_name', 'pod_name', 'container_name'].flatMap((name) => [
      [`kubernetes.${name}`, 'text'],
      [`kubernetes.${name}.keyword`, 'keyword'],
    ]),
  ),
}

/**
 * Answers as OpenSearch does the requests that `openOpenSearch` makes, without a server: pages by time and number, containers, types
 * of fields. For tests of what no test can make a real one do; `test/logs/opensearch.test.ts` has a real one.
 */
export function scriptedOpenSearch(
  documents: readonly ScriptedDocument[],
  script: Script = {},
): { readonly ask: AskOpenSearch; readonly asked: OpenSearchRequest[] } {
  const { fields = dynamic, mapping = { type: fields.log ?? 'text' }, settings = {}, maxLines = 10_000 } = script
  const asked: OpenSearchRequest[] = []
  let left = script.pages ?? Number.POSITIVE_INFINITY
  const ask: AskOpenSearch = async (request) => {
    asked.push(request)
    const { path, body = {} } = request
    if (path.endsWith('/_field_caps')) return { indices: ['logs'], fields: capabilities(fields) }
    if (path.includes('/_mapping/'))
      return { logs: { mappings: { log: { full_name: 'log', mapping: { log: mapping } } } } }
    if (path.includes('/_settings/')) return settings
    if (script.isCheap === true && JSON.stringify(body.query).includes('"wildcard"'))
      throw refused("[wildcard] queries cannot be executed when 'search.allow_expensive_queries' is set to false.")
    if (Number(body.size) > maxLines) throw refused('Result window is too large')
    const found = documents.filter((document) => holds(body.query as Json, document, fields))
    const shards = { total: 1, successful: 1, skipped: 0, failed: 0 }
    if (body.aggs !== undefined) return { timed_out: false, _shards: shards, aggregations: containersOf(found) }
    if (Number(body.size) > 0) left -= 1
    if (left < 0) throw new Error('the connection was lost')
    return { timed_out: false, _shards: shards, hits: { hits: hitsOf(found, body) } }
  }
  return { ask, asked }
}

const refused = (words: string): Problem => new Problem('LOG_ENGINE_REFUSED', 'Refused.', `HTTP 400: ${words}`)

const capabilities = (fields: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(
    Object.entries(fields).map(([name, type]) => [
      name,
      { [type]: { type, searchable: true, aggregatable: !['text', 'match_only_text', 'wildcard'].includes(type) } },
    ]),
  )

function containersOf(documents: readonly ScriptedDocument[]): Json {
  const keys = documents.map(({ source }) => ({
    namespace: valueAt(source, 'kubernetes.namespace_name'),
    pod: valueAt(source, 'kubernetes.pod_name'),
    container: valueAt(source, 'kubernetes.container_name'),
  }))
  const unique = new Set(keys.map((key) => JSON.stringify(key)))
  return { containers: { buckets: [...unique].map((key) => ({ key: JSON.parse(key), doc_count: 1 })) } }
}

function hitsOf(documents: readonly ScriptedDocument[], { size, sort = [] }: Json): Json[] {
  const keys = (sort as Readonly<Record<string, 'asc' | 'desc'>>[]).flatMap((each) => Object.entries(each))
  const compared = documents.toSorted((a, b) => {
    for (const [field, order] of keys) {
      const difference = numberAt(a, field) - numberAt(b, field)
      if (difference !== 0) return order === 'asc' ? difference : -difference
    }
    return 0
  })
  return compared.slice(0, Number(size)).map((document) => ({
    _source: document.source,
    fields: { '@timestamp': [document.source['@timestamp']] },
    sort: keys.map(([field]) => numberAt(document, field)),
  }))
}

const numberAt = ({ source, sequence }: ScriptedDocument, field: string): number =>
  field === '_seq_no' ? sequence : Date.parse(String(valueAt(source, field)))

type Fields = Readonly<Record<string, string>>

function holds(query: Json, document: ScriptedDocument, fields: Fields): boolean {
  const [kind = '', given] = Object.entries(query)[0] ?? []
  if (kind === 'bool') {
    const { filter = [], should, must_not: excluded = [] } = given as Readonly<Record<string, Json[]>>
    return (
      filter.every((each) => holds(each, document, fields)) &&
      (should === undefined || should.some((each) => holds(each, document, fields))) &&
      !excluded.some((each) => holds(each, document, fields))
    )
  }
  const [[field, value] = ['', {}]] = Object.entries(given as Json)
  if (kind === 'exists') return valueAt(document.source, String(value)) !== undefined
  const { gte = 0, lt = Number.POSITIVE_INFINITY } = value as { gte?: number; lt?: number }
  if (kind === 'range') return numberAt(document, field) >= gte && numberAt(document, field) < lt
  const text = String(valueAt(document.source, field.replace(/\.keyword$/, '')) ?? '')
  if (kind === 'terms') return (value as string[]).includes(text)
  const { value: pattern, case_insensitive: ignoresCase = false } = value as {
    value: string
    case_insensitive?: boolean
  }
  const terms = fields[field] === 'text' ? wordsOf(text) : [text]
  return terms.some((term) => wildcard(pattern, ignoresCase).test(term))
}

/** As the standard analyzer has them, of ASCII. */
const wordsOf = (text: string): string[] =>
  (text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []).flatMap((word) => word.match(/.{1,255}/gsu) ?? [])

const wildcard = (pattern: string, ignoresCase: boolean): RegExp => {
  const parts = pattern.match(/\\.|[\s\S]/g) ?? []
  const source = parts.map((part) =>
    part === '*' ? '[^]*' : part === '?' ? '[^]' : part.replace(/^\\/, '').replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'),
  )
  return new RegExp(`^${source.join('')}$`, ignoresCase ? 'i' : '')
}
