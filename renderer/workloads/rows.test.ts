import { describe, expect, it } from 'vitest'
import type { ObjectStatus } from '../../preload/contract/workloads.ts'
import { facetChoices } from './filter.ts'
import type { ShownComponent } from './health.ts'
import { workloadRows } from './rows.ts'
import { noWorkloadFilter, type Sort, type WorkloadFilter } from './shown.ts'
import { nextSort } from './sort.ts'
import { ownerTree } from './tree.ts'

const object = (kind: string, name: string, part: Partial<ObjectStatus> = {}): ObjectStatus => ({
  uid: name,
  kind,
  namespace: 'plane-system',
  name,
  health: 'healthy',
  reason: 'Running',
  ...part,
})
const component = (id: string, health: ShownComponent['health'], since?: string): ShownComponent => ({
  id,
  title: id,
  summary: '',
  providedBy: 'release',
  health,
  reason: '',
  since,
  objects: [],
})
const pod = (name: string, owner: string, part: Partial<ObjectStatus> = {}) =>
  object('Pod', name, { owner, ready: 1, total: 1, restarts: 0, node: 'worker-1', ...part })

const enforcer = { component: 'enforcer' }
const plane = { component: 'control-plane' }
const sample = [
  // Pods arrive before what made them.
  pod('enforcer-a-1', 'enforcer-a', {
    ...enforcer,
    health: 'degraded',
    reason: 'CrashLoopBackOff',
    node: 'worker-3',
    restarts: 12,
    ready: 0,
  }),
  pod('enforcer-a-10', 'enforcer-a', enforcer),
  pod('enforcer-a-9', 'enforcer-a', { ...enforcer, restarts: 2 }),
  object('ReplicaSet', 'enforcer-a', { ...enforcer, owner: 'enforcer', ready: 2, total: 3 }),
  object('Deployment', 'enforcer', { ...enforcer, ready: 2, total: 3, image: 'registry.test/enforcer:1.4' }),
  object('Service', 'enforcer-service', { ...enforcer, namespace: 'edge' }),
  pod('plane-0', 'plane', { ...plane, restarts: 1 }),
  object('StatefulSet', 'plane', { ...plane, ready: 1, total: 1 }),
  pod('stray-0', 'unknown-owner', { health: 'progressing', restarts: 40 }),
]
const components = [
  component('control-plane', 'degraded', '2026-03-01T00:00:00Z'),
  component('enforcer', 'healthy', '2026-03-02T00:00:00Z'),
]
const treeOf = (objects: readonly ObjectStatus[]) =>
  ownerTree({
    asOf: null,
    connection: { state: 'live', since: '2026-03-01T00:00:00Z' },
    components,
    objects: new Map(objects.map((each) => [each.uid, each])),
  })
const tree = treeOf(sample)

interface Choice extends Partial<WorkloadFilter> {
  readonly sort?: Sort
  readonly folded?: readonly string[]
}
const shown = ({ sort, folded = [], ...filter }: Choice = {}, of = tree) =>
  workloadRows(of, { filter: { ...noWorkloadFilter, ...filter }, sort, folded: new Set(folded) })
/** Each row with its level as dots. */
const lines = (choice: Choice = {}, of = tree) =>
  shown(choice, of).rows.map((row) => `${'.'.repeat(row.level - 1)}${row.key}`)

const whole = [
  'control-plane',
  '.plane',
  '..plane-0',
  'enforcer',
  '.enforcer',
  '..enforcer-a',
  '...enforcer-a-1',
  '...enforcer-a-9',
  '...enforcer-a-10',
  '.enforcer-service',
  '·other',
  '.stray-0',
]

describe('the tree of workloads', () => {
  it('has component, controller, ReplicaSet and pod, in whatever order the objects arrive', () => {
    expect(lines()).toEqual(whole)
    expect(lines({}, treeOf(sample.toReversed()))).toEqual(whole)
  })

  it('has no rows below a folded one', () => {
    expect(lines({ folded: ['control-plane', 'enforcer-a'] })).toEqual([
      'control-plane',
      'enforcer',
      '.enforcer',
      '..enforcer-a',
      '.enforcer-service',
      '·other',
      '.stray-0',
    ])
  })

  it('counts restarts of pods in each row above them, and ready pods of a component', () => {
    const totals = Object.fromEntries(shown().rows.map((row) => [row.key, row.totals]))
    expect(totals['enforcer-a']?.restarts).toBe(14)
    expect(totals).toMatchObject({ enforcer: { restarts: 14 }, 'control-plane': { ready: 1, total: 1, restarts: 1 } })
  })

  it('has each object once where owners name each other, and an owner of another component is none', () => {
    const odd = [
      object('A', 'a', { owner: 'b', component: 'enforcer' }),
      object('B', 'b', { owner: 'a', component: 'enforcer' }),
      object('C', 'c', { owner: 'c', component: 'enforcer' }),
      pod('foreign', 'plane', { component: 'enforcer' }),
      object('StatefulSet', 'plane', plane),
    ]
    expect(lines({}, treeOf(odd))).toEqual(['control-plane', '.plane', 'enforcer', '.a', '.b', '.c', '.foreign'])
  })
})

describe('a filter of workloads', () => {
  it('an unhealthy pod stands below its own controller and component, also where those are healthy', () => {
    expect(lines({ unhealthyOnly: true })).toEqual([
      'control-plane',
      'enforcer',
      '.enforcer',
      '..enforcer-a',
      '...enforcer-a-1',
      '·other',
      '.stray-0',
    ])
  })

  const ofEnforcer = ['enforcer', '.enforcer', '..enforcer-a']
  it.each<[string, Choice, readonly string[]]>([
    ['a reason', { text: 'crashloop' }, [...ofEnforcer, '...enforcer-a-1']],
    ['kind and node', { text: 'pod WORKER-3' }, [...ofEnforcer, '...enforcer-a-1']],
    ['an image', { text: 'registry.test' }, ['enforcer', '.enforcer']],
    ['a namespace and a name', { text: 'plane-system stray' }, ['·other', '.stray-0']],
    ['no row', { text: 'nothing has this' }, []],
    [
      'the facet kind',
      { kinds: ['Service', 'StatefulSet'] },
      ['control-plane', '.plane', 'enforcer', '.enforcer-service'],
    ],
    ['the facet namespace', { namespaces: ['edge'] }, ['enforcer', '.enforcer-service']],
    ['the facet node', { nodes: ['worker-3'] }, [...ofEnforcer, '...enforcer-a-1']],
    ['the facet health', { healths: ['progressing'] }, ['·other', '.stray-0']],
    ['all facets together', { kinds: ['Pod'], nodes: ['worker-1'], healths: ['degraded'] }, []],
    ['words and a facet', { text: 'a-9', kinds: ['Pod'] }, [...ofEnforcer, '...enforcer-a-9']],
    ['words and unhealthy', { text: 'enforcer', unhealthyOnly: true }, [...ofEnforcer, '...enforcer-a-1']],
  ])('finds %s', (_, choice, expected) => {
    expect(lines(choice)).toEqual(expected)
  })

  it('finds all objects of a component by its title, and counts those that match, also folded ones', () => {
    expect(shown({ text: 'control-plane' })).toMatchObject({ matching: 2, rows: { length: 3 } })
    expect(shown({ kinds: ['Pod'], folded: ['enforcer', 'control-plane', '·other'] })).toMatchObject({ matching: 5 })
  })

  it('offers the values that objects have with their number, and those that were chosen', () => {
    const choices = (name: 'kinds' | 'healths', chosen: Partial<WorkloadFilter> = {}) =>
      facetChoices(sample, name, { ...noWorkloadFilter, ...chosen }).map(({ value, count }) => `${value} ${count}`)
    expect(choices('kinds', { kinds: ['Job'] })).toEqual([
      'Deployment 1',
      'Job 0',
      'Pod 5',
      'ReplicaSet 1',
      'Service 1',
      'StatefulSet 1',
    ])
    expect(choices('healths')).toEqual(['degraded 1', 'progressing 1', 'healthy 7'])
  })
})

describe('a sort of workloads', () => {
  const pods = (sort: Sort) => lines({ sort }).filter((line) => line.startsWith('...'))
  const heads = (sort: Sort) => lines({ sort }).filter((line) => !line.startsWith('.'))

  it.each<[Sort, readonly string[]]>([
    [{ column: 'restarts', reversed: false }, ['...enforcer-a-1', '...enforcer-a-9', '...enforcer-a-10']],
    [{ column: 'restarts', reversed: true }, ['...enforcer-a-10', '...enforcer-a-9', '...enforcer-a-1']],
    [{ column: 'name', reversed: true }, ['...enforcer-a-10', '...enforcer-a-9', '...enforcer-a-1']],
    [{ column: 'health', reversed: false }, ['...enforcer-a-1', '...enforcer-a-9', '...enforcer-a-10']],
    [{ column: 'ready', reversed: true }, ['...enforcer-a-9', '...enforcer-a-10', '...enforcer-a-1']],
  ])('%o orders pods below their own ReplicaSet', (sort, expected) => {
    expect(pods(sort)).toEqual(expected)
  })

  it('orders components too, and leaves objects of none last', () => {
    expect(heads({ column: 'restarts', reversed: false })).toEqual(['enforcer', 'control-plane', '·other'])
    expect(heads({ column: 'health', reversed: false })).toEqual(['control-plane', 'enforcer', '·other'])
    expect(heads({ column: 'since', reversed: false })).toEqual(['enforcer', 'control-plane', '·other'])
  })

  it('by the same column is reversed, then ends', () => {
    const first = nextSort(undefined, 'restarts')
    const second = nextSort(first, 'restarts')
    expect([first, second, nextSort(second, 'restarts'), nextSort(second, 'name')]).toEqual([
      { column: 'restarts', reversed: false },
      { column: 'restarts', reversed: true },
      undefined,
      { column: 'name', reversed: false },
    ])
  })
})
