import { expect, it } from 'vitest'
import { age, bytes, span } from './time.ts'

const now = Date.parse('2026-03-01T12:00:00Z')

it.each([
  ['2026-03-01T11:59:58Z', 'just now'],
  ['2026-03-01T12:00:30Z', 'just now'],
  ['2026-03-01T11:59:18Z', '42 s ago'],
  ['2026-03-01T11:57:00Z', '3 min ago'],
  ['2026-03-01T02:00:00Z', '10 h ago'],
  ['2026-02-27T12:00:00Z', '2 d ago'],
])('shows the age of %s as "%s"', (at, text) => {
  expect(age(at, now)).toBe(text)
})

it('shows every number with its unit', () => {
  expect(bytes(999)).toBe('999 B')
  expect(bytes(61_400_000)).toBe('61.4 MB')
  expect(span(340)).toBe('340 ms')
})
