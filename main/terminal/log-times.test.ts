import { expect, it } from 'vitest'
import { comparedTimes } from './log-times.ts'

const now = Date.parse('2026-11-22T12:00:00Z')

it.each([
  ['1d', { from: '2026-11-22T11:00:00Z' }, ['2026-11-21T11:00:00.000Z', '2026-11-21T12:00:00.000Z']],
  [
    '1h',
    { from: '2026-11-22T10:00:00Z', to: '2026-11-22T11:00:00Z' },
    ['2026-11-22T09:00:00.000Z', '2026-11-22T10:00:00.000Z'],
  ],
  ['2h/1h', {}, ['2026-11-22T10:00:00.000Z', '2026-11-22T11:00:00.000Z']],
  ['2026-11-20T10:00+05:30/2026-11-20T11:00Z', {}, ['2026-11-20T04:30:00.000Z', '2026-11-20T11:00:00.000Z']],
])('--compare %s is another time', (given, query, [from, to]) => {
  expect(comparedTimes(given, query, now)).toEqual({ from, to })
})

it.each([
  ['1d', {}, /needs --since/],
  ['yesterday', { from: '2026-11-22T11:00:00Z' }, /neither FROM\/TO nor an age/],
  ['1h/2h/3h', {}, /neither FROM\/TO nor an age/],
  ['1h/soon', {}, /neither a time/],
])('--compare %s is refused', (given, query, message) => {
  expect(() => comparedTimes(given, query, now)).toThrow(message)
})
