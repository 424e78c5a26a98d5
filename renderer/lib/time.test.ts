import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { age, bytes, span, timeFormat } from './time.ts'

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

describe('timeFormat', () => {
  const at = '2026-03-01T23:05:09.042Z'
  const noon = Date.parse('2026-03-01T12:00:00Z')
  afterEach(() => void vi.unstubAllEnvs())

  it.each([
    ['utc', 'Asia/Kolkata', '2026-03-01 23:05:09 UTC', '23:05 UTC', '03-01 23:05:09.042'],
    ['local', 'Asia/Kolkata', '2026-03-02 04:35:09 +05:30', '2026-03-02 04:35', '03-02 04:35:09.042'],
    ['local', 'America/New_York', '2026-03-01 18:05:09 -05:00', '18:05', '03-01 18:05:09.042'],
    ['local', 'UTC', '2026-03-01 23:05:09 UTC', '23:05', '03-01 23:05:09.042'],
  ] as const)('writes times by the choice "%s" on a computer in %s', (choice, zone, full, clock, row) => {
    vi.stubEnv('TZ', zone)
    const format = timeFormat(choice)
    expect([format.full(at), format.clock(at, noon), format.row(at)]).toEqual([full, clock, row])
    expect(`${format.date(at)} ${format.time(at)} ${format.zone(new Date(at))}`).toBe(full)
  })

  it('uses the offset of the time itself, not of today', () => {
    vi.stubEnv('TZ', 'Europe/Berlin')
    const format = timeFormat('local')
    expect(format.zone(new Date('2026-01-01T00:00:00Z'))).toBe('+01:00')
    expect(format.zone(new Date('2026-07-01T00:00:00Z'))).toBe('+02:00')
  })

  it('shows what is no time as it is', () => {
    const { full, clock, row } = timeFormat('utc')
    expect([full('soon'), clock('soon', noon), row('soon')]).toEqual(['soon', 'soon', 'soon'])
  })
})

it('no view formats a time by itself: the zone of the settings would not apply', () => {
  const root = join(import.meta.dirname, '..')
  const own = /toLocale(Date|Time)?String|Intl\.DateTimeFormat|\.get(UTC)?(Hours|Minutes|Date|Month|FullYear)\(/
  const files = globSync('**/*.{ts,tsx}', { cwd: root, exclude: ['**/*.test.ts', 'lib/time.ts', 'lib/timeInput.ts'] })
  expect(files.length).toBeGreaterThan(100)
  expect(files.filter((file) => own.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
})
