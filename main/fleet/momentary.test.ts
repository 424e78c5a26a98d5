import { expect, it } from 'vitest'
import type { Observation } from '../../preload/contract/fleet.ts'
import { isOnlyProgress } from './momentary.ts'

type Health = Observation['components'][number]['health']
const of = (components: Readonly<Record<string, Health>>, more: Partial<Observation> = {}): Observation => ({
  asOf: '2026-03-01T00:00:00Z',
  components: Object.entries(components).map(([id, health]) => ({
    id,
    title: id,
    providedBy: 'release',
    health,
    reason: '',
  })),
  ...more,
})
const away = { problem: { code: 'CLUSTER_UNREACHABLE', message: '', hint: '', evidence: '' } }

it.each<[string, Observation | undefined, Observation, boolean]>([
  ['progress', of({ a: 'healthy', b: 'healthy' }), of({ a: 'progressing', b: 'healthy' }), true],
  ['progress beside an old fault', of({ a: 'healthy', b: 'degraded' }), of({ a: 'progressing', b: 'degraded' }), true],
  ['nothing new', of({ a: 'progressing' }), of({ a: 'progressing' }), false],
  ['progress and a fault', of({ a: 'healthy', b: 'healthy' }), of({ a: 'progressing', b: 'degraded' }), false],
  ['progress after a fault', of({ a: 'degraded' }), of({ a: 'progressing' }), false],
  ['the start of an installation', of({ a: 'missing' }), of({ a: 'progressing' }), false],
  ['the first observation', undefined, of({ a: 'progressing' }), false],
  ['a cluster that does not respond', of({ a: 'healthy' }), of({ a: 'progressing' }, away), false],
  ['a cluster that responds again', of({ a: 'healthy' }, away), of({ a: 'progressing' }), false],
])('%s', (_, before, after, expected) => {
  expect(isOnlyProgress(before, after)).toBe(expected)
})
