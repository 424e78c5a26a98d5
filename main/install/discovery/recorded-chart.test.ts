import { expect, it } from 'vitest'
import { parseYaml } from '../../lib/yaml-documents.ts'
import { chartOfRecord } from './recorded-chart.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const metadata = { apiVersion: 'v2', name: 'agent', version: '1.2.0' }
const textOf = (chart: object, path: string, manifest = ''): string | undefined =>
  chartOfRecord(chart, manifest)
    .files.find((file) => file.path === path)
    ?.content.toString('utf8')

it('a recorded chart has its templates, files, schema and defaults as files, sorted by path', () => {
  const chart = {
    metadata,
    lock: null,
    templates: [{ name: 'templates/a.yaml', data: base64('kind: A') }],
    files: [
      { name: 'crds/b.yaml', data: base64('kind: B') },
      { name: 'empty.txt', data: null },
    ],
    values: { size: '1Gi' },
    schema: base64('{}'),
  }
  const { name, version, files, missing } = chartOfRecord(chart, '')
  expect({ name, version, missing }).toEqual({ name: 'agent', version: '1.2.0', missing: [] })
  expect(files.map(({ path }) => path)).toEqual([
    'Chart.yaml',
    'crds/b.yaml',
    'empty.txt',
    'templates/a.yaml',
    'values.schema.json',
    'values.yaml',
  ])
  expect(textOf(chart, 'templates/a.yaml')).toBe('kind: A')
  expect(parseYaml(textOf(chart, 'Chart.yaml') ?? '')).toEqual(metadata)
})

it('defaults that YAML 1.1 reads as another type stay texts', () => {
  const values = { on: 'yes', octal: '012', hex: '0x1f', exponent: '1e3', null: '~', date: '2020-01-01', n: 3, t: true }
  expect(textOf({ metadata, values }, 'values.yaml')?.split('\n').slice(0, 3)).toEqual([
    '"on": "yes"',
    '"octal": "012"',
    '"hex": "0x1f"',
  ])
  expect(parseYaml(textOf({ metadata, values }, 'values.yaml') ?? '')).toEqual(values)
})

it('charts inside of it are named: they are not in the record', () => {
  const dependencies = [
    { name: 'library', version: '1.0.0', repository: 'file://../library', enabled: true },
    { name: 'postgresql', alias: 'database', repository: '' },
  ]
  const manifest = '---\n# Source: agent/charts/unlisted/templates/a.yaml\nkind: A\n'
  expect(chartOfRecord({ metadata: { ...metadata, dependencies } }, manifest).missing).toEqual([
    'library',
    'database',
    'unlisted',
  ])
})

it.each([
  ['no chart', null],
  ['no version', { metadata: { name: 'a' } }],
  ['a name that is a path', { metadata: { name: '../a', version: '1.0.0' } }],
  ['a path outside', { metadata, files: [{ name: '../../etc/passwd', data: '' }] }],
  ['an absolute path', { metadata, templates: [{ name: '/etc/passwd', data: '' }] }],
  [
    'a file twice',
    {
      metadata,
      files: [
        { name: 'a', data: '' },
        { name: 'a', data: '' },
      ],
    },
  ],
  ['a file that is too large', { metadata, files: [{ name: 'a', data: base64('x'.repeat(5_300_000)) }] }],
])('a record with %s is refused', (_what, chart) => {
  expect(() => chartOfRecord(chart, '')).toThrow(expect.objectContaining({ code: 'FILE_INVALID' }))
})
