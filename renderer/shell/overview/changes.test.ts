import { expect, it } from 'vitest'
import type { RunEntry } from '../../../preload/contract/connectivity.ts'
import type { ComponentStatus } from '../../../preload/contract/workloads.ts'
import { laptop } from '../../connectivity/samples.ts'
import { recentChanges } from './changes.ts'

const now = Date.parse('2026-03-08T12:00:00Z')
const at = (hours: number) => new Date(now - hours * 3_600_000).toISOString()
const component = (id: string, hours: number): ComponentStatus => ({
  id,
  title: id,
  summary: '',
  providedBy: 'release',
  health: 'degraded',
  reason: '',
  objects: [],
  since: at(hours),
})
const run = (runId: string, hours: number, fail: number): RunEntry => ({
  runId,
  startedAt: at(hours),
  endedAt: at(hours),
  vantages: [laptop],
  counts: { pass: 3, warn: 0, fail, skipped: 0, unknown: 0 },
  by: 'person',
  verified: true,
})

it('lists the newest first, at most as many as asked, and none older than 7 days', () => {
  const changes = recentChanges(
    {
      components: [component('agent', 2), component('flux', 200)],
      runs: [run('a', 1, 0), run('b', 3, 2)],
      operations: [],
    },
    now,
    2,
  )
  expect(changes.map(({ text }) => text)).toEqual(['Check: nothing failed', 'agent: Degraded'])
  expect(
    recentChanges({ components: [component('flux', 200)], runs: [run('b', 3, 2)], operations: [] }, now, 5).map(
      ({ text }) => text,
    ),
  ).toEqual(['Check: 2 failed'])
})
