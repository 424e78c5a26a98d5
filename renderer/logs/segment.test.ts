import { describe, expect, it } from 'vitest'
import { maxLoadedLines, pageLines } from './query.ts'
import { sampleRecord } from './sample.ts'
import { listLength, nextLoad, type Segment, withAfter, withArrivals, withBefore } from './segment.ts'

const at = (second: number): string => new Date(Date.UTC(2026, 2, 1, 10) + second * 1_000).toISOString()
const record = (second: number) => sampleRecord({ id: String(second).padStart(9, '0'), at: at(second) })
/** Newest first: the first has the highest second. */
const newestFrom = (second: number, count: number) =>
  Array.from({ length: count }, (_, index) => record(second - index))

const segment = (parts: Partial<Segment> = {}): Segment => ({
  records: newestFrom(1_000_000 - 5_000, 400),
  first: 5_000,
  more: true,
  count: { count: 1_000_000, isComplete: true },
  ...parts,
})

describe('the next load', () => {
  it.each([
    ['nothing for loaded lines', 5_150, 5_200, undefined],
    ['the page before', 5_050, 5_100, { kind: 'before' }],
    ['the page after', 5_270, 5_310, { kind: 'after' }],
    ['a page around the view far after it', 900_000, 900_060, { kind: 'jump', place: 900_030 - pageLines / 2 }],
    ['a page around the view far before it', 10, 70, { kind: 'jump', place: 0 }],
  ])('is %s', (_, from, to, expected) => {
    expect(nextLoad(segment(), from, to)).toEqual(expected)
  })

  it('is none after the last line of all', () => {
    const last = segment({ first: 999_600, more: false })
    expect(nextLoad(last, 999_950, 999_999)).toBeUndefined()
    expect(nextLoad(last, 999_950, 999_999)).toBeUndefined()
    expect(nextLoad({ ...last, count: undefined, more: true }, 999_950, 999_999)).toEqual({ kind: 'after' })
  })
})

describe('loaded lines', () => {
  it('keep their places when lines before or after them are loaded', () => {
    const before = withBefore(segment(), newestFrom(1_000_000 - 4_800, 200))
    expect([before.first, before.records.length]).toEqual([4_800, 600])
    const after = withAfter(segment(), newestFrom(1_000_000 - 5_400, 200))
    expect([after.first, after.records.length]).toEqual([5_000, 600])
  })

  it('beyond the limit, leave lines at the other end', () => {
    const full = segment({ records: newestFrom(900_000, maxLoadedLines) })
    const after = withAfter(full, newestFrom(800_000, 200))
    expect([after.first, after.records.length]).toEqual([5_200, maxLoadedLines])
    const before = withBefore({ ...full, more: false }, newestFrom(900_200, 200))
    expect([before.first, before.records.length, before.more]).toEqual([4_800, maxLoadedLines, true])
  })

  it('are the whole list only if nothing more is counted', () => {
    expect(listLength(segment())).toBe(1_000_000)
    expect(listLength(segment({ count: undefined }))).toBe(5_400)
  })
})

describe('lines that arrive', () => {
  const newest = { atNewest: true, pending: 0, filter: { order: 'newest' as const } }
  const oldest = { atNewest: true, pending: 0, filter: { order: 'oldest' as const } }

  it('are shown at the top of a list that is newest first', () => {
    const { records, pending } = withArrivals({ ...segment({ first: 0 }), ...newest }, [record(999_999)])
    expect(records?.[0]).toEqual(record(999_999))
    expect(pending).toBeUndefined()
  })

  it('are counted while the list is scrolled away, apart from late ones among the loaded lines', () => {
    const given = { ...segment(), ...newest, atNewest: false }
    const late = sampleRecord({ id: 'late', at: new Date(Date.parse(at(1_000_000 - 5_200)) + 500).toISOString() })
    const { records, pending } = withArrivals(given, [record(999_999), late, record(7)])
    expect(pending).toBe(3)
    expect(records?.length).toBe(401)
    expect(records?.findIndex(({ id }) => id === 'late')).toBe(200)
  })

  it('that are older than the loaded lines are left to the store while more lines follow', () => {
    const { records } = withArrivals({ ...segment({ first: 0 }), ...newest }, [record(7)])
    expect(records).toHaveLength(400)
    const all = withArrivals({ ...segment({ first: 0, more: false }), ...newest }, [record(7)])
    expect(all.records?.at(-1)).toEqual(record(7))
  })

  it('are shown at the end of a list that is oldest first only where its end is loaded and in view', () => {
    const lines = [record(1), record(2), record(3)]
    const whole = { ...segment({ records: lines, first: 0, more: false }), ...oldest }
    expect(withArrivals(whole, [record(4)]).records).toEqual([...lines, record(4)])
    const away = withArrivals({ ...whole, atNewest: false }, [record(4)])
    expect([away.records, away.pending, away.more]).toEqual([lines, 1, true])
    expect(withArrivals({ ...whole, more: true }, [record(4)]).records).toEqual(lines)
  })
})
