import { expect, it } from 'vitest'
import { timeBefore } from './patterns.ts'

it.each([
  [{}, undefined],
  [{ from: '2026-03-01T11:00:00.000Z' }, ['2026-03-01T10:00:00.000Z', '2026-03-01T10:59:59.999Z']],
  [
    { from: '2026-03-01T10:00:00.000Z', to: '2026-03-01T10:15:00.000Z' },
    ['2026-03-01T09:45:00.000Z', '2026-03-01T09:59:59.999Z'],
  ],
])('the time before %j is %j', (query, expected) => {
  const before = timeBefore(query, Date.parse('2026-03-01T12:00:00Z'))
  expect(before && [before.from, before.to]).toEqual(expected)
})
