import { describe, expect, it } from 'vitest'
import type { LiveObject } from '../../observe/live-objects.ts'
import type { ChartDefinition } from '../facts/charts.ts'
import type { NamespaceState } from '../facts/facts.ts'
import { deployment, placed } from '../sample.ts'
import { compareControllers } from './controller-existing.ts'
import { compareDefinitions, undeclaredFields } from './crd-versions.ts'
import { compareNamespaces } from './namespace-state.ts'
import { compareFieldOwners } from './object-fields.ts'
import { compareOwners } from './object-owner.ts'
import { compareSizes } from './release-size.ts'

describe('namespace.state', () => {
  const ending = {
    metadata: { name: 'demo', deletionTimestamp: '2026-01-01T00:00:00Z' },
    status: {
      conditions: [
        {
          type: 'NamespaceContentRemaining',
          status: 'True',
          message: 'Some resources are remaining: configmaps. has 1 resource instances',
        },
        {
          type: 'NamespaceFinalizersRemaining',
          status: 'True',
          message: 'Some content in the namespace has finalizers remaining: example.test/hold in 1 resource instances',
        },
      ],
    },
  }

  it('names the finalizer that holds a deletion', () => {
    const { verdict, message } = compareNamespaces(new Map([['demo', ending]]))
    expect(verdict).toBe('fail')
    expect(message).toContain('example.test/hold in 1 resource instances')
  })

  it('passes namespaces that exist and that will be created', () => {
    const { verdict, message } = compareNamespaces(
      new Map<string, NamespaceState>([
        ['a', { metadata: { name: 'a' } }],
        ['b', 'absent' as const],
      ]),
    )
    expect([verdict, message]).toEqual(['pass', 'Exists: a. Will be created: b.'])
  })
})

describe('object.owner', () => {
  const live = (more: object | 'absent' | 'unreadable', kind = 'ConfigMap', annotations = {}): LiveObject => ({
    ...placed({ kind, metadata: { name: 'c', annotations } }),
    live: typeof more === 'string' ? more : { kind, metadata: { name: 'c', namespace: 'demo', ...more } },
  })
  const owned = (release: string, namespace: string) => ({
    labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace },
  })
  it.each([
    ['absent', live('absent'), 'pass'],
    ['its own release', live(owned('one', 'demo')), 'pass'],
    ['another release', live(owned('two', 'demo')), 'fail'],
    ['the same name in another namespace', live(owned('one', 'other')), 'fail'],
    ['nobody', live({}), 'fail'],
    ['annotations without the label', live({ annotations: owned('one', 'demo').annotations }), 'fail'],
    ['a Kustomization', live({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }), 'fail'],
    ['a hook, which helm replaces', live({}, 'Job', { 'helm.sh/hook': 'pre-install' }), 'pass'],
    ['not permitted', live('unreadable'), 'unknown'],
  ])('%s', (_, object, verdict) => {
    expect(compareOwners([object], new Set()).verdict).toBe(verdict)
  })

  it('ignores definitions in crds/, which helm leaves as they are', () => {
    const definition = live({}, 'CustomResourceDefinition')
    expect(compareOwners([definition], new Set(['c'])).verdict).toBe('pass')
    expect(compareOwners([definition], new Set()).verdict).toBe('fail')
  })

  it('names object and owner', () => {
    expect(compareOwners([live(owned('two', 'demo'))], new Set()).evidence).toBe('ConfigMap demo/c: release demo/two')
  })
})

it('object.fields reports conflicts alone', () => {
  const run = (outcome: 'accepted' | 'conflict' | 'refused') => ({
    ...placed({ kind: 'A', metadata: { name: 'a' } }),
    outcome,
    message: 'm',
  })
  expect(compareFieldOwners([]).verdict).toBe('skipped')
  expect(compareFieldOwners([run('accepted'), run('refused')]).verdict).toBe('pass')
  expect(compareFieldOwners([run('conflict')])).toMatchObject({ verdict: 'warn', evidence: 'A demo/a: m' })
})

it.each([
  [100_000, 'pass'],
  [900_000, 'warn'],
  [1_048_576, 'warn'],
  [1_500_000, 'fail'],
])('release.size: a record of %i bytes is %s', (bytes, verdict) => {
  expect(compareSizes([{ release: 'one', bytes }]).verdict).toBe(verdict)
})

describe('controller.existing', () => {
  const workload = (image: string, namespace: string, name = 'c') => ({
    ...deployment({ containers: [{ image }] }, { name }),
    metadata: { name, namespace },
  })
  const manager = 'quay.io/jetstack/cert-manager-controller:v1.18.0'
  it.each([
    ['none', [], [], 'skipped'],
    ['one in the cluster', [], [workload(manager, 'cert-manager')], 'pass'],
    ['one in the plane', [placed(workload(manager, 'demo'))], [], 'pass'],
    ['the plane’s own', [placed(workload(manager, 'demo'))], [workload(manager, 'demo')], 'pass'],
    ['a second one', [placed(workload(manager, 'demo'))], [workload(manager, 'cert-manager')], 'fail'],
    [
      'another controller',
      [placed(workload(manager, 'demo'))],
      [workload('ghcr.io/fluxcd/helm-controller:v1', 'flux')],
      'pass',
    ],
  ])('%s', (_, planned, existing, verdict) => {
    expect(compareControllers(planned, existing).verdict).toBe(verdict)
  })
})

describe('crd.versions', () => {
  const definition = (versions: object[], status: object = {}) => ({
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.test' },
    spec: { group: 'example.test', names: { kind: 'Thing', plural: 'things' }, versions },
    status,
  })
  const version = (name: string, properties: object, more: object = {}) => ({
    name,
    served: true,
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
    ...more,
  })
  const text = { type: 'string' }
  const inChart = (...versions: object[]): ChartDefinition[] => [{ release: 'one', definition: definition(versions) }]
  const live = (...versions: object[]) => new Map([['things.example.test', definition(versions)]])
  const thing = (apiVersion: string, spec: object) => [
    placed({ apiVersion, kind: 'Thing', metadata: { name: 't' }, spec }),
  ]
  it.each([
    ['not in the cluster', inChart(version('v1', {})), new Map(), [], 'pass'],
    ['the same', inChart(version('v1', { a: text })), live(version('v1', { a: text })), [], 'pass'],
    ['a new field', inChart(version('v1', { a: text, b: text })), live(version('v1', { a: text })), [], 'warn'],
    [
      'a new field that an object sets',
      inChart(version('v1', { a: text, b: text })),
      live(version('v1', { a: text })),
      thing('example.test/v1', { b: 'x' }),
      'fail',
    ],
    [
      'a field less',
      inChart(version('v1', {})),
      live(version('v1', { a: text })),
      thing('example.test/v1', {}),
      'pass',
    ],
    ['a new version', inChart(version('v1', {}), version('v2', {})), live(version('v1', {})), [], 'warn'],
    [
      'a new version that an object has',
      inChart(version('v2', {})),
      live(version('v1', {})),
      thing('example.test/v2', {}),
      'fail',
    ],
    [
      'a version that is not served',
      inChart(version('v1', {})),
      live(version('v1', {}, { served: false })),
      thing('example.test/v1', {}),
      'fail',
    ],
    ['none', [], new Map(), [], 'skipped'],
  ])('%s', (_, own, existing, objects, verdict) => {
    expect(compareDefinitions(own, [], existing, objects).verdict).toBe(verdict)
  })

  it('a definition in templates/ keeps the versions in which objects are stored', () => {
    const stored = new Map([
      ['things.example.test', definition([version('v1alpha1', {})], { storedVersions: ['v1alpha1'] })],
    ])
    expect(compareDefinitions([], [definition([version('v1', {})])], stored, []).verdict).toBe('fail')
    expect(compareDefinitions([], [definition([version('v1alpha1', {})])], stored, []).verdict).toBe('pass')
  })

  it.each([
    ['declared', { spec: { a: 'x' } }, []],
    ['undeclared', { spec: { b: 'x' } }, ['spec.b']],
    ['in a list', { spec: { list: [{ x: 1 }, { y: 1 }] } }, ['spec.list[].y']],
    ['in a map', { spec: { map: { any: 'text' } } }, []],
    ['below a free field', { spec: { free: { deep: { x: 1 } } } }, []],
    ['metadata', { metadata: { anything: 1 }, spec: {} }, []],
  ])('a field is %s', (_, value, fields) => {
    const properties = {
      a: text,
      list: { type: 'array', items: { type: 'object', properties: { x: { type: 'integer' } } } },
      map: { type: 'object', additionalProperties: text },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    }
    expect(undeclaredFields(value, { properties: { spec: { properties } } })).toEqual(fields)
  })
})
