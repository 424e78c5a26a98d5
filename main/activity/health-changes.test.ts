import { describe, expect, it } from 'vitest'
import type { RecordedEntry } from '../../preload/contract/activity.ts'
import type { Observation } from '../../preload/contract/fleet.ts'
import { changesBetween, isRecorded } from './health-changes.ts'

type Health = Observation['components'][number]['health']
const asOf = '2026-03-01T00:00:00Z'
const of = (health: Health, more: Partial<Observation> = {}): Observation => ({
  asOf,
  components: [{ id: 'agent', title: 'Agent', providedBy: 'release', health, reason: 'crash loop' }],
  ...more,
})
const away = (code: string) => ({ problem: { code, message: 'No answer.', hint: '', evidence: 'secret' } })
const brief = (before: Observation | undefined, after: Observation) =>
  changesBetween(before, after).map((change) =>
    change.kind === 'cluster' ? (change.reachable ? 'responds' : change.code) : `${change.from} → ${change.to}`,
  )

it.each<[string, Observation | undefined, Observation, string[]]>([
  ['the first observation', undefined, of('degraded'), []],
  ['the same', of('healthy'), of('healthy'), []],
  ['a component that fails', of('healthy'), of('degraded'), ['healthy → degraded']],
  ['a component that recovers', of('degraded'), of('healthy'), ['degraded → healthy']],
  ['a component that was not read before', of('unknown', { asOf: null }), of('healthy'), []],
  ['a component that the profile did not have', { asOf, components: [] }, of('degraded'), []],
  [
    'a cluster that stops to respond',
    of('healthy'),
    of('unknown', away('CLUSTER_UNREACHABLE')),
    ['CLUSTER_UNREACHABLE'],
  ],
  ['another reason', of('unknown', away('CLUSTER_UNREACHABLE')), of('unknown', away('CLUSTER_UNTRUSTED')), []],
  ['a cluster that responds again', of('unknown', away('CLUSTER_UNREACHABLE')), of('healthy'), ['responds']],
  [
    'a component that failed meanwhile',
    of('healthy', away('CLUSTER_UNREACHABLE')),
    of('degraded'),
    ['responds', 'healthy → degraded'],
  ],
  ['a sign-in that has to be allowed', of('healthy'), of('unknown', away('CONSENT_NEEDED')), []],
  ['a profile that has to be approved', of('unknown', away('PROFILE_CHANGED')), of('healthy'), []],
])('%s', (_, before, after, expected) => {
  expect(brief(before, after)).toEqual(expected)
})

it('a record has the reason, and no evidence', () => {
  expect(changesBetween(of('healthy'), of('degraded'))).toMatchObject([{ outcome: 'failed', reason: 'crash loop' }])
  expect(JSON.stringify(changesBetween(of('healthy'), of('unknown', away('CLUSTER_UNREACHABLE'))))).not.toContain(
    'secret',
  )
})

describe('a change that another process has recorded', () => {
  const entry = (to: Health, component = 'agent'): RecordedEntry => ({
    kind: 'health',
    id: to,
    at: asOf,
    planeId: null,
    outcome: 'info',
    component,
    title: 'Agent',
    from: 'unknown',
    to,
    reason: '',
  })
  const [change] = changesBetween(of('healthy'), of('degraded'))
  it.each<[string, RecordedEntry[], boolean]>([
    ['nothing', [], false],
    ['the same', [entry('healthy'), entry('degraded')], true],
    ['a recovery after it', [entry('degraded'), entry('healthy')], false],
    ['one of another component', [entry('degraded', 'gateway')], false],
  ])('%s: %j is recorded: %s', (_, ofDay, expected) => {
    expect(change !== undefined && isRecorded(change, ofDay)).toBe(expected)
  })
})
