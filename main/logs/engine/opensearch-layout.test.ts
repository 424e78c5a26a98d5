import { describe, expect, it } from 'vitest'
import { type FieldsByName, type Layout, layoutOf, lineIn, originIn, valueAt } from './opensearch-layout.ts'

const of = (types: Readonly<Record<string, string>>): FieldsByName =>
  Object.fromEntries(
    Object.entries(types).map(([name, type]) => [
      name,
      { [type]: { searchable: true, aggregatable: type !== 'text' && type !== 'wildcard' } },
    ]),
  )
const names = (type: string, ...fields: string[]) => Object.fromEntries(fields.map((field) => [field, type]))
const fluentBit = ['kubernetes.namespace_name', 'kubernetes.pod_name', 'kubernetes.container_name']
const keywords = (fields: readonly string[]) => fields.map((field) => `${field}.keyword`)

describe('layoutOf', () => {
  it.each<[string, Readonly<Record<string, string>>, Partial<Layout>]>([
    [
      'Fluent Bit with mappings that OpenSearch has made',
      {
        '@timestamp': 'date',
        log: 'text',
        ...names('text', ...fluentBit),
        ...names('keyword', ...keywords(fluentBit)),
      },
      { time: '@timestamp', text: 'log', exact: expect.objectContaining({ pod: 'kubernetes.pod_name.keyword' }) },
    ],
    [
      'Fluent Bit into a template that has the text as a wildcard',
      { '@timestamp': 'date', log: 'wildcard', message: 'text', ...names('keyword', ...fluentBit) },
      { text: 'log', exact: expect.objectContaining({ pod: 'kubernetes.pod_name' }) },
    ],
    [
      'Fluentd without logstash_format, whose text is in message',
      { time: 'date', message: 'text', ...names('keyword', ...fluentBit) },
      { time: 'time', text: 'message' },
    ],
    [
      'Vector',
      {
        timestamp: 'date',
        message: 'text',
        ...names('keyword', 'kubernetes.pod_namespace', 'kubernetes.pod_name', 'kubernetes.container_name'),
      },
      {
        time: 'timestamp',
        text: 'message',
        origin: expect.objectContaining({ namespace: 'kubernetes.pod_namespace' }),
      },
    ],
    [
      'Filebeat',
      {
        '@timestamp': 'date',
        message: 'match_only_text',
        ...names('keyword', 'kubernetes.namespace', 'kubernetes.pod.name', 'kubernetes.container.name'),
      },
      { origin: expect.objectContaining({ pod: 'kubernetes.pod.name' }) },
    ],
    [
      'OpenTelemetry by Data Prepper',
      {
        time: 'date_nanos',
        body: 'text',
        ...names('keyword', ...['namespace', 'pod', 'container'].map((part) => `resource.attributes.k8s@${part}@name`)),
      },
      { time: 'time', text: 'body', origin: expect.objectContaining({ pod: 'resource.attributes.k8s@pod@name' }) },
    ],
    [
      'OpenTelemetry by an exporter of the collector',
      {
        '@timestamp': 'date',
        body: 'text',
        ...names('keyword', ...['namespace', 'pod', 'container'].map((part) => `resource.k8s.${part}.name`)),
      },
      { origin: expect.objectContaining({ pod: 'resource.k8s.pod.name' }) },
    ],
  ])('%s', (_, types, expected) => {
    expect(layoutOf(of(types))).toMatchObject(expected)
  })

  const whole = { '@timestamp': 'date', log: 'text', ...names('keyword', ...fluentBit) }
  it.each<[string, FieldsByName, string, string]>([
    ['documents of something else', of({ '@timestamp': 'date', log: 'text' }), 'which namespace, pod', 'No document'],
    ['a time that is a text', of({ ...whole, '@timestamp': 'text' }), 'no time', '@timestamp'],
    [
      'a time that is a text in one index',
      { ...of(whole), '@timestamp': { ...of({ a: 'date' }).a, ...of({ a: 'text' }).a } },
      'no time',
      'in all indices',
    ],
    ['a text that is a number', of({ ...whole, log: 'long' }), 'no text', 'log'],
    [
      'names that are divided into words',
      of({ ...whole, 'kubernetes.pod_name': 'text' }),
      'kubernetes.pod_name as a keyword',
      'text',
    ],
    [
      'names that are divided into words in one index',
      {
        ...of(whole),
        'kubernetes.pod_name': {
          keyword: { searchable: true, aggregatable: true, indices: ['new'] },
          text: { searchable: true, aggregatable: false, indices: ['old'] },
        },
      },
      'kubernetes.pod_name as a keyword',
      'text in old',
    ],
    [
      'names that are not indexed',
      {
        ...of(whole),
        'kubernetes.pod_name': { keyword: { searchable: false, aggregatable: true } },
      },
      'kubernetes.pod_name as a keyword',
      '--index',
    ],
  ])('refuses %s, and says what to do', (_, fields, message, evidence) => {
    expect(() => layoutOf(fields)).toThrow(
      expect.objectContaining({
        code: 'LOG_ENGINE_UNAVAILABLE',
        message: expect.stringContaining(message),
        evidence: expect.stringContaining(evidence),
      }),
    )
  })
})

describe('a document', () => {
  const layout = layoutOf(of({ '@timestamp': 'date', log: 'text', ...names('keyword', ...fluentBit) }))
  const kubernetes = { namespace_name: 'apps', pod_name: 'a-0', container_name: 'main', labels: { app: 'a' } }

  it('nests its fields, or has names with dots', () => {
    expect(originIn({ kubernetes }, layout)).toEqual({ namespace: 'apps', pod: 'a-0', container: 'main' })
    expect(
      originIn(
        { 'kubernetes.namespace_name': 'apps', kubernetes: { pod_name: 'a-0' }, 'kubernetes.container_name': 'main' },
        layout,
      ),
    ).toEqual({ namespace: 'apps', pod: 'a-0', container: 'main' })
    expect(valueAt({ resource: { 'k8s.pod.name': 'x' } }, 'resource.k8s.pod.name')).toBe('x')
    expect(valueAt({ a: [] }, 'a.length')).toBeUndefined()
    expect(valueAt({}, 'constructor.name')).toBeUndefined()
  })

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['its text', { log: 'a\nb\n', kubernetes }, 'a\nb\n'],
    ['an empty text', { log: '' }, ''],
    ['a text that is a mapping', { log: { a: 1 } }, '{"a":1}'],
    [
      'fields of which the collector has taken it apart',
      { '@timestamp': '2026-03-01T20:00:00Z', stream: 'stdout', level: 'info', msg: 'm', kubernetes },
      '{"level":"info","msg":"m"}',
    ],
  ])('is the line of %s', (_, document, line) => {
    expect(lineIn(document, layout)).toBe(line)
  })
})
