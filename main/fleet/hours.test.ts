import { describe, expect, it } from 'vitest'
import type { PlaneVerdict } from '../../preload/contract/fleet.ts'
import { type Hours, hourMs, lastHours, shownHours, withVerdict } from './hours.ts'

const now = Date.parse('2026-03-01T15:20:00Z')
const run = (at: string, counts: Readonly<Record<string, number>>) => ({
  at,
  counts: { pass: 0, warn: 0, fail: 0, skipped: 0, unknown: 0, ...counts },
})
const seen = (hours: Hours, runs: Parameters<typeof lastHours>[1] = []) =>
  lastHours(hours, runs, now).map(({ verdict }) => verdict)

describe('the hours of a plane', () => {
  it('without an observation, no hour has a verdict', () => {
    expect(seen(new Map())).toEqual(Array.from({ length: shownHours }, () => null))
  })

  it('an hour in which nobody watched stays without a verdict between two that have one', () => {
    const hours = withVerdict(withVerdict(new Map(), now - 2 * hourMs, 'healthy'), now, 'failing')
    expect(seen(hours).slice(-4)).toEqual([null, 'healthy', null, 'failing'])
  })

  it.each<[PlaneVerdict, PlaneVerdict, PlaneVerdict]>([
    ['healthy', 'failing', 'failing'],
    ['failing', 'healthy', 'failing'],
    ['unreachable', 'warning', 'unreachable'],
    ['unreachable', 'failing', 'failing'],
  ])('an hour that was %s and then %s is %s', (first, second, worst) => {
    expect(seen(withVerdict(withVerdict(new Map(), now, first), now, second)).at(-1)).toBe(worst)
  })

  it('keeps at most the hours that are shown', () => {
    let hours: Hours = new Map()
    for (let hour = 60; hour >= 0; hour -= 1) hours = withVerdict(hours, now - hour * hourMs, 'healthy')
    expect(hours.size).toBe(shownHours)
    expect(seen(hours)).toEqual(Array.from({ length: shownHours }, () => 'healthy'))
  })

  it('a check that failed makes its hour failing, one that passed makes no failing hour better', () => {
    const failing = withVerdict(new Map(), now, 'failing')
    const runs = [run('2026-03-01T15:10:00Z', { pass: 3 }), run('2026-03-01T14:10:00Z', { fail: 1 })]
    expect(seen(failing, runs).slice(-2)).toEqual(['failing', 'failing'])
    expect(seen(new Map(), [run('2026-03-01T13:00:00Z', { warn: 1 })]).slice(-3)).toEqual(['warning', null, null])
  })

  it('an older check is in no hour', () => {
    expect(seen(new Map(), [run('2026-02-28T15:10:00Z', { fail: 1 })]).every((each) => each === null)).toBe(true)
  })
})
