import { describe, expect, it } from 'vitest'
import { nextMs, untilDueMs } from './schedule.ts'

const minute = 60_000
const every = (everyMinutes: number) => ({ everyMinutes, from: [{ kind: 'computer' as const }], holdSeconds: 0 })

describe('a schedule', () => {
  it.each([
    ['its interval later', 5, 0, 5 * minute],
    ['up to a tenth of it later still', 5, 1, 5.5 * minute],
    ['a minute at most, for a long one', 60, 1, 61 * minute],
  ])('looks next %s', (_what, minutes, random, expected) => {
    expect(nextMs(every(minutes), 1_000, random)).toBe(1_000 + expected)
  })

  it.each([
    ['has time left', 10, 4, 6 * minute],
    ['is due at its time', 10, 10, 0],
    ['is due once, however many times it missed', 10, 500, 0],
    ['is due when the clock was set back by more than it could have left', 10, -30, 0],
    ['is not, when the clock was set back a little', 10, 5, 5 * minute],
  ])('%s', (_what, nextAt, now, expected) => {
    expect(untilDueMs(every(10), nextAt * minute, now * minute)).toBe(expected)
  })
})
