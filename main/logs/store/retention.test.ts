import { expect, it } from 'vitest'
import { expiredDays } from './retention.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const day = (name: string, bytes = 100) => ({ name, records: 10, bytes })
const week = ['2026-11-22', '2026-11-21', '2026-11-20', '2026-11-15', '2026-11-14'].map((name) => day(name))

it.each([
  [null, null, []],
  [7, null, ['2026-11-14']],
  // The 15th ended seven days before noon of the 22nd, and twelve hours.
  [6, null, ['2026-11-15', '2026-11-14']],
  [1, null, ['2026-11-20', '2026-11-15', '2026-11-14']],
  [30, null, []],
  [null, 500, []],
  [null, 499, ['2026-11-14']],
  [null, 250, ['2026-11-20', '2026-11-15', '2026-11-14']],
  [null, 1, ['2026-11-21', '2026-11-20', '2026-11-15', '2026-11-14']],
  [7, 300, ['2026-11-15', '2026-11-14']],
])('of %s days and %s bytes it deletes %j', (days, bytes, expected) => {
  expect(expiredDays(week.toReversed(), { days, bytes }, now).map(({ name }) => name)).toEqual(expected)
})

it('a small day behind a large one is deleted too: nothing is kept that is older than what is deleted', () => {
  const stored = [day('2026-11-22', 10), day('2026-11-21', 1_000), day('2026-11-20', 1)]
  expect(expiredDays(stored, { days: null, bytes: 500 }, now).map(({ name }) => name)).toEqual([
    '2026-11-21',
    '2026-11-20',
  ])
})
