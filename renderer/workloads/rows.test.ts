import { describe, expect, it } from 'vitest'
import type { ObjectStatus } from '../../preload/contract/workloads.ts'
import type { ShownComponent } from './health.ts'
import { matchingRows, workloadRows } from './rows.ts'

const object = (name: string, part: Partial<ObjectStatus> = {}): ObjectStatus => ({
  uid: name,
  kind: 'Pod',
  namespace: 'plane-system',
  name,
  health: 'healthy',
  reason: 'Running',
  ...part,
})
const component = (id: string, health: ShownComponent['health'], objects: readonly string[]): ShownComponent => ({
  id,
  title: id,
  summary: '',
  providedBy: 'release',
  health,
  reason: '',
  objects: [...objects],
})
const objects = [
  object('plane-0'),
  object('enforcer-0', { health: 'degraded', reason: 'CrashLoopBackOff', node: 'worker-3' }),
  object('enforcer-1'),
  object('stray-0', { health: 'progressing' }),
]
const rows = workloadRows(
  {
    asOf: null,
    connection: { state: 'live', since: '2026-03-01T00:00:00Z' },
    components: [
      component('control-plane', 'degraded', ['plane-0']),
      component('enforcer', 'healthy', ['enforcer-0', 'enforcer-1']),
    ],
    objects: new Map(objects.map((each) => [each.uid, each])),
  },
  new Set(),
)
const shown = (text: string, unhealthyOnly = false) =>
  matchingRows(rows, { text, unhealthyOnly }).map((row) =>
    row.kind === 'component' ? row.component.id : row.object.name,
  )

describe('rows of workloads that match', () => {
  it('all without a filter', () => {
    expect(shown('')).toHaveLength(rows.length)
  })

  it('an unhealthy pod stands below its own component, also where that is healthy', () => {
    expect(shown('', true)).toEqual(['control-plane', 'enforcer', 'enforcer-0', '·other', 'stray-0'])
  })

  it.each([
    ['crashloop', ['enforcer', 'enforcer-0']],
    ['pod WORKER-3', ['enforcer', 'enforcer-0']],
    ['enforcer', ['enforcer', 'enforcer-0', 'enforcer-1']],
    ['plane-system stray', ['·other', 'stray-0']],
    ['nothing has this', []],
  ])('"%s" finds names, kinds, namespaces, nodes and reasons', (text, expected) => {
    expect(shown(text)).toEqual(expected)
  })

  it('both filters hold together', () => {
    expect(shown('enforcer', true)).toEqual(['enforcer', 'enforcer-0'])
  })
})
