import { describe, expect, it } from 'vitest'
import { claimed, nextRunMs, nextStep, rereadEveryMs, untilDueMs } from './schedule.ts'

const minute = 60_000
const every = (everyMinutes: number) => ({ everyMinutes, from: [{ kind: 'computer' as const }], holdSeconds: 0 })

describe('a schedule', () => {
  it.each([
    ['after its interval', 5, 0, 5 * minute],
    ['up to a tenth of its interval later', 5, 1, 5.5 * minute],
    ['at most a minute later for a long interval', 60, 1, 61 * minute],
  ])('runs next %s', (_what, minutes, random, expected) => {
    expect(nextRunMs(every(minutes), 1_000, random)).toBe(1_000 + expected)
  })

  it.each([
    ['is not due before its time', 10, 4, 6 * minute],
    ['is due at its time', 10, 10, 0],
    ['is due once after several missed times', 10, 500, 0],
    ['is due if the clock was set back by more than its interval', 10, -30, 0],
    ['is not due if the clock was set back a little', 10, 5, 5 * minute],
  ])('%s', (_what, nextAt, now, expected) => {
    expect(untilDueMs(every(10), nextAt * minute, now * minute)).toBe(expected)
  })

  const file = {
    watch: every(10),
    lastAt: null,
    nextAt: '2026-03-01T12:10:00.000Z',
    changes: [],
    problem: '',
  }
  const [early, soon, due] = ['12:00:00', '12:09:50', '12:10:00'].map((time) => Date.parse(`2026-03-01T${time}Z`))

  it.each([
    ['rereads its file long before it is due', early, false, { kind: 'wait', ms: rereadEveryMs }],
    ['waits until it is due', soon, false, { kind: 'wait', ms: 10_000 }],
    ['runs when it is due', due, false, { kind: 'run' }],
    ['waits for the checks of users when it is due', due, true, { kind: 'wait-for-user-checks' }],
  ])('%s', (_what, nowMs = Number.NaN, userChecks, step) => {
    expect(nextStep(file, userChecks, nowMs)).toEqual(step)
  })

  it('is claimed once', () => {
    const nowMs = Date.parse(file.nextAt)
    const first = claimed(file, nowMs, 0)

    expect(first?.nextAt).toBe('2026-03-01T12:20:00.000Z')
    expect(first && claimed(first, nowMs, 0)).toBeUndefined()
  })
})
