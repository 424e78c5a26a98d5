import { expect, it } from 'vitest'
import type { ActivityQuery, RecordedEntry } from '../../preload/contract/activity.ts'
import type { RunEntry } from '../../preload/contract/connectivity.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { type ActivityPorts, createActivity } from './activity.ts'
import type { DayFiles, Recorded } from './day-files.ts'

const north = '0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'
const south = '6a1d2c3b-9e8f-4a7b-8c6d-5e4f3a2b1c0d'
const plane = (id: string, profile: string): Plane => ({
  id,
  name: profile,
  profile,
  contextId: '',
  contextName: '',
  managementModel: 'self',
  settings: {},
  overridden: [],
  createdAt: '2026-01-01T00:00:00Z',
})
const run = (runId: string, hour: string, fail = 0, by: RunEntry['by'] = 'person'): RunEntry => ({
  runId,
  startedAt: `2026-03-01T${hour}:00:00Z`,
  endedAt: `2026-03-01T${hour}:00:01Z`,
  vantages: [],
  counts: { pass: 1, warn: 0, fail, skipped: 0, unknown: 0 },
  by,
  verified: true,
})
const operation: Operation = {
  id: north,
  kind: 'install',
  planeId: north,
  title: 'Install demo',
  state: 'interrupted',
  startedAt: '2026-03-01T13:30:00Z',
  updatedAt: '2026-03-01T13:30:00Z',
  done: 0,
  steps: [],
  offers: [],
}
const edit: RecordedEntry = {
  kind: 'profile',
  id: 'edit',
  at: '2026-03-01T11:00:00Z',
  planeId: null,
  outcome: 'info',
  action: 'edited',
  profile: 'demo',
  parts: [],
  moreParts: 0,
}
const records = (of: Readonly<Record<string, RecordedEntry[]>>): DayFiles => ({
  append: async (subject, entry) => {
    of[subject]?.push(entry)
    return true
  },
  read: async (subject): Promise<Recorded> => ({ entries: of[subject] ?? [], unverifiedDays: 0, fullDays: 0 }),
  remove: async () => undefined,
})
const ports = (more: Partial<ActivityPorts> = {}): ActivityPorts => ({
  records: records({ profiles: [edit] }),
  planes: async () => [plane(north, 'demo'), plane(south, 'other')],
  runs: async (id) => (id === north ? [run('n', '14', 2), run('w', '12', 0, 'watch')] : [run('s', '10')]),
  operations: async () => [operation],
  now: () => Date.parse('2026-03-01T15:00:00Z'),
  ...more,
})
const all: ActivityQuery = { limit: 500 }
const ids = async (query: Partial<ActivityQuery>, of = ports()) =>
  (await createActivity(of).list({ ...all, ...query })).entries.map(({ id }) => id)

it.each<[string, Partial<ActivityQuery>, string[]]>([
  ['all, the newest first', {}, ['run-n', `operation-${north}`, 'run-w', 'edit', 'run-s']],
  ['of a plane, with edits of its profile', { planeId: north }, ['run-n', `operation-${north}`, 'run-w', 'edit']],
  ['of a plane whose profile was not edited', { planeId: south }, ['run-s']],
  ['of some kinds', { kinds: ['watch', 'profile'] }, ['run-w', 'edit']],
  ['since a time', { since: '2026-03-01T14:30:00+01:00' }, ['run-n', `operation-${north}`]],
  ['until a time', { until: '2026-03-01T11:00:00Z' }, ['run-s']],
  ['at most two', { limit: 2 }, ['run-n', `operation-${north}`]],
])('lists %s', async (_, query, expected) => {
  expect(await ids(query)).toEqual(expected)
})

it('judges what it lists', async () => {
  const { entries, more } = await createActivity(ports()).list({ limit: 2 })
  expect(entries).toMatchObject([
    { kind: 'check', outcome: 'failed' },
    { kind: 'operation', outcome: 'warning' },
  ])
  expect(more).toBe(true)
})

it('lists the rest where the runs of a plane cannot be read', async () => {
  expect(await ids({}, ports({ runs: () => Promise.reject(new Error('EACCES')) }))).toEqual([
    `operation-${north}`,
    'edit',
  ])
})

it('records changes of health, and reports each once to who watches', async () => {
  const of = { [south]: [] as RecordedEntry[] }
  const activity = createActivity(ports({ records: records(of), runs: async () => [], operations: async () => [] }))
  const observation = (health: 'healthy' | 'degraded') => ({
    asOf: '2026-03-01T15:00:00Z',
    components: [{ id: 'agent', title: 'Agent', providedBy: 'release' as const, health, reason: '' }],
  })
  const end = AbortSignal.timeout(5_000)
  const seen: string[][] = []
  for await (const { entries } of activity.watch(all, end)) {
    seen.push(entries.map((entry) => (entry.kind === 'health' ? entry.to : entry.kind)))
    if (seen.length === 1) await activity.observed(south, observation('healthy'), observation('degraded'))
    if (seen.length === 2) await activity.observed(south, observation('degraded'), observation('healthy'))
    if (seen.length === 3) break
  }
  expect(seen).toEqual([[], ['degraded'], ['healthy']])
})

it('a record that cannot be written ends nothing', async () => {
  const full = { ...records({}), append: () => Promise.reject(new Error('ENOSPC')) }
  await createActivity(ports({ records: full })).edited({
    action: 'removed',
    profile: 'demo',
    parts: [],
    moreParts: 0,
    planeId: null,
  })
})
