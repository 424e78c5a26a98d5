import { describe, expect, it } from 'vitest'
import { countByStep } from './histogram.ts'
import { levelNumber } from './store/record.ts'

const minute = Date.UTC(2026, 10, 22, 10) / 60_000
const row = (offset: number, count: number, level: 'ERROR' | null = 'ERROR', source = 'orders') => ({
  source,
  level: levelNumber(level),
  minute: minute + offset,
  count,
  rawBytes: 0,
  oldestMs: 0,
  newestMs: 0,
})
const range = { sources: [], fromMs: minute * 60_000, toMs: (minute + 10) * 60_000, steps: 5 }

describe('countByStep', () => {
  it('adds up the minutes of each step, by level', () => {
    const bars = countByStep([row(0, 1), row(1, 2), row(2, 4, null), row(9, 8)], range)
    expect(bars.map(({ counts }) => counts)).toEqual([{ ERROR: 3 }, { NONE: 4 }, {}, {}, { ERROR: 8 }])
    expect(bars[1]?.from).toBe('2026-11-22T10:02:00.000Z')
  })

  it('excludes other sources and other times', () => {
    const bars = countByStep([row(0, 1, 'ERROR', 'billing'), row(-1, 1), row(10, 1)], { ...range, sources: ['orders'] })
    expect(bars.every(({ counts }) => Object.keys(counts).length === 0)).toBe(true)
  })

  it('makes no step shorter than a minute, as counts are stored', () => {
    expect(countByStep([], { ...range, steps: 500 })).toHaveLength(10)
  })
})
