import { expect, it } from 'vitest'
import type { ComponentStatus } from '../../preload/contract/workloads.ts'
import { type Expected, type ShownHealth, shownComponents, unhealthyCount } from './health.ts'

const component = (health: ComponentStatus['health'], providedBy = 'release'): ComponentStatus => ({
  id: 'agent',
  title: 'Agent',
  summary: '',
  providedBy,
  health,
  reason: 'Not found: Deployment agent',
  since: '2026-01-01T00:00:00Z',
  objects: [],
})

it.each<[Expected, ComponentStatus, ShownHealth]>([
  ['all', component('missing'), 'missing'],
  ['all', component('unknown'), 'unknown'],
  ['some', component('missing'), 'absent'],
  ['some', component('unknown'), 'unknown'],
  ['some', component('degraded'), 'degraded'],
  ['none', component('missing'), 'absent'],
  ['none', component('unknown'), 'absent'],
  ['none', component('unknown', 'vendor'), 'unknown'],
  ['none', component('healthy', 'cluster'), 'healthy'],
])('of components, %s expected: %o is shown as %s', (expected, before, health) => {
  expect(shownComponents([before], expected).map((shown) => shown.health)).toEqual([health])
})

it('what is absent as expected has no reason and needs no attention', () => {
  const planned = shownComponents([component('missing'), component('missing')], 'none')
  expect(planned.map(({ reason }) => reason)).toEqual(['', ''])
  expect(unhealthyCount(planned)).toBe(0)
  expect(unhealthyCount(shownComponents([component('missing')], 'all'))).toBe(1)
})
