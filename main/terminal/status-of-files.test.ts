import { describe, expect, it } from 'vitest'
import { exitCodeOfObjects, timeOf } from './status-of-files.ts'

describe('the exit code of objects', () => {
  it.each([
    ['healthy ones', ['healthy', 'progressing', 'suspended', 'unknown'], false, 0],
    ['a degraded one', ['healthy', 'degraded'], false, 1],
    ['healthy ones, if something was not read', ['healthy'], true, 2],
    ['a degraded one, if something was not read', ['degraded'], true, 1],
  ] as const)('of %s is right', (_, states, isIncomplete, expected) => {
    expect(
      exitCodeOfObjects(
        states.map((state) => ({ state })),
        isIncomplete,
      ),
    ).toBe(expected)
  })
})

describe('--now', () => {
  it('is a time, by default the current one', () => {
    expect(timeOf({ now: '2026-03-01T12:00:00Z' })).toBe(Date.UTC(2026, 2, 1, 12))
    expect(timeOf({ now: '2026-03-01T12:00:00.5+01:00' })).toBe(Date.UTC(2026, 2, 1, 11, 0, 0, 500))
    expect(Math.abs(timeOf({}) - Date.now())).toBeLessThan(1_000)
  })

  it.each(['', 'now', '2026-03-01', '2026-13-01T12:00:00Z', '1772366400'])('"%s" is refused', (now) => {
    expect(() => timeOf({ now })).toThrow('--now is a time such as')
  })
})
