import { expect, it } from 'vitest'
import { parseTime } from './timeInput.ts'

const now = Date.parse('2026-03-01T12:00:00Z')

it.each([
  ['11:05', '+01:00', '2026-03-01T10:05:00.000Z'],
  ['14:05', 'UTC', '2026-02-28T14:05:00.000Z'],
  ['03-01 10:05:09.123', 'UTC', '2026-03-01T10:05:09.123Z'],
  ['2026-02-03 4:05', '-05:30', '2026-02-03T09:35:00.000Z'],
  ['2026-02-03T04:05:06Z', '+01:00', '2026-02-03T04:05:06.000Z'],
  ['2026-02-03 04:05:06,5 +02:00', 'UTC', '2026-02-03T02:05:06.500Z'],
  ['2026-02-30 04:05', 'UTC', undefined],
  ['25:00', 'UTC', undefined],
  ['yesterday', 'UTC', undefined],
])('%s in %s is %s', (text, zone, expected) => {
  expect(parseTime(text, { zone: () => zone }, now)).toBe(expected)
})
