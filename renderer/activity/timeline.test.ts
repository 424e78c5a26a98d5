import { expect, it } from 'vitest'
import type { ActivityEntry } from '../../preload/contract/activity.ts'
import type { Operation } from '../../preload/contract/operations.ts'
import { timeFormat } from '../lib/time.ts'
import { byDay, timeline } from './timeline.ts'

const entry = (id: string, at: string): ActivityEntry => ({
  kind: 'cluster',
  id,
  at,
  planeId: 'p1',
  outcome: 'ok',
  reachable: true,
  code: '',
  message: '',
})
const operation = (id: string, startedAt: string, more: Partial<Operation> = {}): Operation => ({
  id,
  kind: 'install',
  planeId: 'p1',
  title: 'Install',
  state: 'done',
  startedAt,
  updatedAt: startedAt,
  endedAt: startedAt,
  done: 1,
  steps: [],
  offers: [],
  ...more,
})
const entries = [entry('b', '2026-03-01T23:30:00Z'), entry('a', '2026-02-28T12:00:00Z')]
const ids = (of: Partial<Parameters<typeof timeline>[0]>) =>
  timeline({ entries, operations: [], planeId: undefined, more: false, ...of }).map(({ id }) => id)

it('has operations among the rest, the newest first, also with times of another zone', () => {
  expect(ids({ operations: [operation('o', '2026-03-02T00:15:00+01:00')] })).toEqual(['b', 'operation-o', 'a'])
})

it('of a plane has the operations of that plane', () => {
  const operations = [operation('o', '2026-03-01T00:00:00Z'), operation('x', '2026-03-01T00:00:00Z', { planeId: 'p2' })]
  expect(ids({ operations, planeId: 'p1' })).toEqual(['b', 'operation-o', 'a'])
})

it('shows older operations once the entries of their time are loaded, and one that has not ended at once', () => {
  const old = operation('old', '2026-01-01T00:00:00Z')
  const { endedAt: _, ...open } = operation('open', '2026-01-02T00:00:00Z', { state: 'interrupted' })
  expect(ids({ operations: [old, open], more: true })).toEqual(['b', 'a', 'operation-open'])
  expect(ids({ operations: [old, open], more: false })).toEqual(['b', 'a', 'operation-open', 'operation-old'])
})

it('is grouped by the days of the zone', () => {
  const days = (dateOf: (at: string) => string) => byDay(entries, dateOf).map(({ date }) => date)
  expect(days(timeFormat('utc').date)).toEqual(['2026-03-01', '2026-02-28'])
  expect(byDay([], timeFormat('utc').date)).toEqual([])
})
