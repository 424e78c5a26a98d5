import { expect, it } from 'vitest'
import type { ActivityEntry } from '../../preload/contract/activity.ts'
import { activityKinds, activityOutcomes } from '../../preload/contract/activity.ts'
import { type ActivityFilter, isFiltered, kinds, matches, noActivityFilter, outcomes } from './filter.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const entry: ActivityEntry = {
  kind: 'cluster',
  id: 'a',
  at: '2026-03-01T11:30:00+01:00',
  planeId: 'p1',
  outcome: 'failed',
  reachable: false,
  code: 'CLUSTER_UNREACHABLE',
  message: 'No answer.',
}
const words = 'Cluster unreachable\nNo answer.\norders-prod'

it('offers every kind and outcome of the contract', () => {
  expect([kinds, outcomes]).toEqual([activityKinds, activityOutcomes])
})

it.each<[string, Partial<ActivityFilter>, boolean]>([
  ['nothing', {}, true],
  ['its kind', { kinds: ['cluster', 'health'] }, true],
  ['another kind', { kinds: ['health'] }, false],
  ['its outcome', { outcomes: ['failed'] }, true],
  ['another outcome', { outcomes: ['ok', 'info'] }, false],
  ['its plane', { planes: ['p1'] }, true],
  ['another plane', { planes: ['p2'] }, false],
  ['words in any order', { text: ' PROD  unreachable ' }, true],
  ['a word that it lacks', { text: 'prod healthy' }, false],
  ['the last 2 hours', { range: { kind: 'last', ms: 2 * 3_600_000 } }, true],
  ['the last hour', { range: { kind: 'last', ms: 3_600_000 } }, false],
  ['a span', { range: { kind: 'between', from: '2026-03-01T10:30:00Z', to: '2026-03-01T11:00:00Z' } }, true],
  [
    'a span that ends before',
    { range: { kind: 'between', from: '2026-03-01T10:00:00Z', to: '2026-03-01T10:30:00Z' } },
    false,
  ],
])('a filter by %s: %j matches: %s', (name, part, expected) => {
  const filter = { ...noActivityFilter, ...part }
  expect(matches(entry, words, filter, now)).toBe(expected)
  expect(isFiltered(filter)).toBe(name !== 'nothing')
})
