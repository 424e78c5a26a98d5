import { expect, it } from 'vitest'
import type { JournalRecord } from '../lib/operation.ts'
import { stepDurations, usualDurations } from './durations.ts'

const at = (seconds: number): string => new Date(Date.parse('2026-03-01T12:00:00Z') + seconds * 1_000).toISOString()
const record = (seconds: number, event: string, step?: string, data?: JournalRecord['data']): JournalRecord => ({
  at: at(seconds),
  event,
  ...(step !== undefined && { step }),
  ...(data !== undefined && { data }),
})
const declared = record(0, 'declared', undefined, {
  agent: { title: 'Agent', needs: [], timedAs: 'install agent c1' },
  verify: { title: 'Verify', needs: ['agent'] },
  old: 'A step of an earlier version',
})

it.each<[string, JournalRecord[], number[]]>([
  ['it took', [record(1, 'step-started', 'agent'), record(41, 'step-ended', 'agent', { state: 'done' })], [40_000]],
  [
    'nothing, if it changed nothing',
    [record(1, 'step-started', 'agent'), record(2, 'step-ended', 'agent', { state: 'skipped' })],
    [],
  ],
  [
    'nothing, if it failed',
    [record(1, 'step-started', 'agent'), record(2, 'step-ended', 'agent', { state: 'failed' })],
    [],
  ],
  [
    'nothing, if it was interrupted',
    [
      record(1, 'step-started', 'agent'),
      record(600, 'step-started', 'agent'),
      record(601, 'step-ended', 'agent', { state: 'done' }),
    ],
    [],
  ],
  ['nothing, if it did not end', [record(1, 'step-started', 'agent')], []],
  [
    'nothing, if it is not compared',
    [record(1, 'step-started', 'verify'), record(2, 'step-ended', 'verify', { state: 'done' })],
    [],
  ],
])('of a step an estimate uses what %s', (_, records, expected) => {
  expect(stepDurations([declared, ...records]).map(({ ms }) => ms)).toEqual(expected)
})

it.each([
  ['nothing without an earlier run', [], undefined],
  ['one run as it was', [40], { ms: 40, runs: 1 }],
  ['the median, which one slow run does not move', [40, 600, 38], { ms: 40, runs: 3 }],
  ['the middle of two', [40, 60], { ms: 50, runs: 2 }],
])('an estimate is %s', (_, runs, expected) => {
  const durations = [...runs.map((ms) => ({ timedAs: 'a', ms })), { timedAs: 'another chart', ms: 9_000 }]
  expect(usualDurations(durations)('a')).toEqual(expected)
})

it('a step that is not compared has no estimate', () => {
  expect(usualDurations([])(undefined)).toBeUndefined()
})
