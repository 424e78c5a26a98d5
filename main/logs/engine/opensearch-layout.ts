import { Problem } from '../../../preload/contract/problem.ts'
import type { Origin } from './engine.ts'

/** Fields by which a collector names what a line is from, and those that can have its text, the likelier one first. */
interface Convention {
  readonly origin: Origin
  readonly texts: readonly string[]
}

/**
 * In the order in which they are tried: Fluent Bit and Fluentd (with or without `Logstash_Format`, as OpenChoreo's observability
 * plane configures it); Vector; Filebeat and Logstash; OpenTelemetry by Data Prepper, which writes "@" for ".", and by exporters of
 * the collector.
 * https://docs.fluentbit.io/manual/pipeline/filters/kubernetes, https://vector.dev/docs/reference/configuration/sources/kubernetes_logs,
 * https://www.elastic.co/docs/reference/beats/filebeat/add-kubernetes-metadata,
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/k8s
 */
const conventions: readonly Convention[] = [
  {
    origin: named('kubernetes', ['namespace_name', 'pod_name', 'container_name']),
    texts: ['log', 'message', 'msg'],
  },
  { origin: named('kubernetes', ['pod_namespace', 'pod_name', 'container_name']), texts: ['message', 'log'] },
  { origin: named('kubernetes', ['namespace', 'pod.name', 'container.name']), texts: ['message', 'log'] },
  ...['resource.attributes', 'resource'].flatMap((prefix) =>
    ['@', '.'].map((dot) => ({
      origin: named(
        prefix,
        ['namespace', 'pod', 'container'].map((part) => `k8s${dot}${part}${dot}name`),
      ),
      texts: ['body', 'body.text', 'message'],
    })),
  ),
]

function named(prefix: string, [namespace = '', pod = '', container = '']: readonly string[]): Origin {
  return { namespace: `${prefix}.${namespace}`, pod: `${prefix}.${pod}`, container: `${prefix}.${container}` }
}

/** Fluentd has `@timestamp` only with `logstash_format` or `include_timestamp`. */
const timeFields = ['@timestamp', 'timestamp', 'time', 'observedTimestamp', 'observedTime']
const timeTypes: ReadonlySet<string> = new Set(['date', 'date_nanos'])
const textTypes: ReadonlySet<string> = new Set(['text', 'match_only_text', 'keyword', 'wildcard'])

/** All fields that a layout can have, to ask for no others: an index can have thousands. */
export const layoutFields: readonly string[] = [
  ...new Set([
    ...timeFields,
    ...conventions.flatMap(({ origin, texts }) => [
      ...texts,
      ...Object.values(origin).flatMap((field) => [field, `${field}.keyword`]),
    ]),
  ]),
]

/** Of a field, by type: what its indices can do with it. Indices can differ. */
type FieldTypes = Readonly<
  Record<string, { readonly searchable: boolean; readonly aggregatable: boolean; readonly indices?: readonly string[] }>
>
export type FieldsByName = Readonly<Record<string, FieldTypes>>

/** Where the documents of an index pattern have what a log line is made of. */
export interface Layout {
  readonly time: string
  readonly text: string
  /** Types of the text field in the indices. */
  readonly textTypes: readonly string[]
  readonly isTextSearchable: boolean
  /** Fields of the documents. */
  readonly origin: Origin
  /** The same as they are indexed whole, such as `kubernetes.pod_name.keyword`. */
  readonly exact: Origin
}

/** Throws LOG_ENGINE_UNAVAILABLE where the documents are no log lines of containers, or are indexed so that none can be chosen. Pure. */
export function layoutOf(fields: FieldsByName): Layout {
  const convention = conventions.find(({ origin }) => Object.values(origin).every((field) => field in fields))
  if (convention === undefined)
    throw unusable(
      'does not say which namespace, pod and container its documents are from',
      `No document has ${Object.values(conventions[0]?.origin ?? {}).join(', ')}, or what other collectors write.`,
    )
  const { origin } = convention
  const time = timeFields.find((field) => hasOnly(fields[field], timeTypes))
  if (time === undefined)
    throw unusable('has no time of its documents', `None of ${timeFields.join(', ')} is a date in all indices.`)
  const text = convention.texts.find((field) => hasOnly(fields[field], textTypes))
  if (text === undefined)
    throw unusable('has no text of its documents', `None of ${convention.texts.join(', ')} is a text in all indices.`)
  const types = Object.values(fields[text] ?? {})
  return {
    time,
    text,
    textTypes: Object.keys(fields[text] ?? {}),
    isTextSearchable: types.every(({ searchable }) => searchable),
    origin,
    exact: {
      namespace: exactField(fields, origin.namespace),
      pod: exactField(fields, origin.pod),
      container: exactField(fields, origin.container),
    },
  }
}

const hasOnly = (types: FieldTypes | undefined, allowed: ReadonlySet<string>): boolean =>
  types !== undefined && Object.keys(types).length > 0 && Object.keys(types).every((type) => allowed.has(type))

/** A field by whose whole value documents can be chosen and counted, in all of the indices. */
function exactField(fields: FieldsByName, field: string): string {
  const found = [field, `${field}.keyword`].find((name) => {
    const types = Object.values(fields[name] ?? {})
    return types.length > 0 && types.every(({ searchable, aggregatable }) => searchable && aggregatable)
  })
  if (found !== undefined) return found
  const types = Object.entries(fields[field] ?? {}).map(
    ([type, { indices }]) => `${type}${indices === undefined ? '' : ` in ${indices.slice(0, 5).join(', ')}`}`,
  )
  throw unusable(
    `does not index ${field} as a keyword`,
    `${field}: ${types.join('; ')}. Map it as keyword, or name indices that do: --index.`,
  )
}

const unusable = (what: string, evidence: string): Problem =>
  new Problem('LOG_ENGINE_UNAVAILABLE', `OpenSearch ${what}.`, evidence)

type Document = Readonly<Record<string, unknown>>

/** The value at a field: documents nest fields, or have names with dots. Undefined without one. Pure. */
export function valueAt(document: unknown, field: string): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined
  const own = document as Document
  if (Object.hasOwn(own, field)) return own[field]
  for (let dot = field.indexOf('.'); dot !== -1; dot = field.indexOf('.', dot + 1)) {
    const head = field.slice(0, dot)
    const value = Object.hasOwn(own, head) ? valueAt(own[head], field.slice(dot + 1)) : undefined
    if (value !== undefined) return value
  }
  return undefined
}

/** Pure. */
export function originIn(document: unknown, { origin }: Layout): Origin | undefined {
  const [namespace, pod, container] = [origin.namespace, origin.pod, origin.container].map((field) =>
    valueAt(document, field),
  )
  if (typeof namespace !== 'string' || typeof pod !== 'string' || typeof container !== 'string') return undefined
  return { namespace, pod, container }
}

/** What collectors add to a line. */
const added: ReadonlySet<string> = new Set([
  ...[
    '@timestamp',
    'stream',
    '_p',
    'logtag',
    'tag',
    'kubernetes',
    'docker',
    'resource',
    'agent',
    'ecs',
    'host',
    'input',
  ],
  ...['container', 'event', 'file', 'source_type', 'timestamp_end', '@version', '@log_name'],
])

/**
 * The line that a document is made of. Without a text, it was JSON that the collector has taken apart (Fluent Bit's `Merge_Log` with
 * `Keep_Log Off`): its fields are put together again, in the order in which the document has them. Pure.
 */
export function lineIn(document: Document, { text }: Layout): string {
  const found = valueAt(document, text)
  if (typeof found === 'string') return found
  if (found !== undefined && found !== null) return JSON.stringify(found)
  return JSON.stringify(Object.fromEntries(Object.entries(document).filter(([name]) => !added.has(name))))
}
