import { expect, it } from 'vitest'
import type { Observation } from '../../preload/contract/fleet.ts'
import { verdictOf } from './verdict.ts'

const installed = { installedAt: '2026-01-01T00:00:00Z' }
const problem = (code: string) => ({ code, message: '', hint: '', evidence: '' })
const of = (...healths: Observation['components'][number]['health'][]): Observation => ({
  asOf: '2026-03-01T00:00:00Z',
  components: healths.map((health) => ({ id: health, title: health, providedBy: 'release', health, reason: '' })),
})
const ofVendor: Observation = {
  ...of('healthy'),
  components: [...of('healthy').components, ...of('unknown').components].map((each) =>
    each.health === 'unknown' ? { ...each, providedBy: 'vendor' } : each,
  ),
}

it.each<[string, Observation, Parameters<typeof verdictOf>[1], ReturnType<typeof verdictOf>]>([
  ['healthy components', of('healthy', 'suspended'), installed, 'healthy'],
  ['a degraded component', of('healthy', 'degraded'), installed, 'failing'],
  ['a missing component', of('missing'), installed, 'failing'],
  ['a component that starts', of('progressing'), installed, 'warning'],
  ['an unknown component', of('healthy', 'unknown'), installed, 'warning'],
  ['an unknown component of the vendor', ofVendor, installed, 'healthy'],
  ['an unreachable cluster', { ...of('healthy'), problem: problem('CLUSTER_UNREACHABLE') }, installed, 'unreachable'],
  ['a sign-in that is not allowed yet', { ...of(), problem: problem('CONSENT_NEEDED') }, installed, undefined],
  ['a profile that is not approved', { ...of(), problem: problem('PROFILE_CHANGED') }, installed, undefined],
  [
    'an unreachable cluster of a planned plane',
    { ...of(), problem: problem('CLUSTER_UNREACHABLE') },
    {},
    'unreachable',
  ],
  ['a planned plane', of('missing'), {}, undefined],
  ['an uninstalled plane', of('missing'), { ...installed, uninstalledAt: '2026-02-01T00:00:00Z' }, undefined],
  ['components that were never read', { ...of('unknown'), asOf: null }, installed, undefined],
])('%s', (_, observation, plane, verdict) => {
  expect(verdictOf(observation, plane)).toBe(verdict)
})
