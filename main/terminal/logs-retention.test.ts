import { expect, it } from 'vitest'
import { bytesOf, daysOf } from './logs-retention.ts'

it.each([
  [undefined, undefined],
  ['off', null],
  ['7', 7],
  ['30d', 30],
])('--days %s is %s', (given, days) => {
  expect(daysOf(given)).toBe(days)
})

it.each([
  [undefined, undefined],
  ['off', null],
  ['500MB', 500_000_000],
  ['1.5 gb', 1_500_000_000],
])('--max-size %s is %s', (given, bytes) => {
  expect(bytesOf(given)).toBe(bytes)
})

it.each(['0', '-1', '3651', 'all', '1h'])('--days %s is refused', (given) => {
  expect(() => daysOf(given)).toThrow(/--days/)
})

it.each(['5', '0MB', '0.5MB', '5GiB', 'all'])('--max-size %s is refused', (given) => {
  expect(() => bytesOf(given)).toThrow(/--max-size/)
})
