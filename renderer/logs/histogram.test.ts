import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../preload/contract/logs.ts'
import { type Bucket, rangeOf, withCounts, zoomedOut } from './histogram.ts'
import { sampleRecord } from './sample.ts'

const time = (minute: number) => new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString()
const buckets: readonly Bucket[] = [0, 5, 10].map((minute) => ({ from: time(minute), counts: { INFO: 1 } }))
const record = (minute: number, level: LogRecord['level']): LogRecord =>
  sampleRecord({ id: String(minute), at: time(minute), level })

describe('the range of a drag', () => {
  it.each([
    [0, 1, 0, 10],
    [2, 1, 5, 15],
    [2, 2, 10, 15],
  ])('from step %i to %i is from minute %i to %i', (one, other, from, to) => {
    expect(rangeOf(buckets, one, other)).toEqual({ kind: 'between', from: time(from), to: time(to) })
  })

  it('outside of the histogram is none', () => {
    expect(rangeOf(buckets, 0, 3)).toBeUndefined()
  })
})

describe('zooming out', () => {
  const between = (from: number, to: number) => ({ kind: 'between', from: time(from), to: time(to) }) as const
  it.each([
    [between(20, 30), between(10, 40)],
    [between(1, 50), { kind: 'all' }],
    [{ kind: 'last', ms: 1 }, { kind: 'all' }],
  ] as const)('of %j is %j', (range, expected) => {
    expect(zoomedOut(range, time(0), time(59))).toEqual(expected)
  })
})

describe('lines that arrive', () => {
  it('are counted in their step, by level', () => {
    const counts = withCounts(buckets, [record(6, 'ERROR'), record(7, 'INFO'), record(8, null)], false)
    expect(counts?.map((bucket) => bucket.counts)).toEqual([{ INFO: 1 }, { INFO: 2, ERROR: 1, NONE: 1 }, { INFO: 1 }])
  })

  it.each([
    [false, [0, 5, 10, 15, 20]],
    [true, [10, 15, 20]],
  ])('after the last step add steps; a range up to now slides: %s', (slides, minutes) => {
    const counted = withCounts(buckets, [record(21, 'INFO')], slides)
    expect(counted?.map(({ from }) => from)).toEqual(minutes.map(time))
  })

  it('before the first step are not counted, and long after the last one it is loaded again', () => {
    expect(withCounts(buckets, [record(-1, 'INFO')], false)).toEqual(buckets)
    expect(withCounts(buckets, [record(500, 'INFO')], false)).toBeUndefined()
    expect(withCounts([], [record(1, 'INFO')], false)).toBeUndefined()
  })
})
