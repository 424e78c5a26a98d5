import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startCpuTime } from '../../test/cpu-time.ts'
import { exceedsJsonLimits } from './json-limits.ts'

const exceeds = (text: string, values: number, depth = 100): boolean =>
  exceedsJsonLimits(Buffer.from(text), { values, depth })

describe('exceedsJsonLimits', () => {
  it.each([
    ['[1,2,3]', 3, false],
    ['[1,2,3,4]', 3, true],
    ['{"a":[],"b":[]}', 4, false],
    ['{"a":[],"b":[],"c":[]}', 4, true],
    ['{"a":1,"b":2,"c":3}', 3, false],
    ['["a,b,c,d,e,f","[[[[[["]', 2, false],
    ['["\\",\\",\\",\\",","x"]', 2, false],
    ['["\\\\",1,2,3,4]', 3, true],
    ['"an end is missing,,,,,,,', 1, false],
    [',,,,,,', 3, true],
    ['', 0, false],
  ])('%s has over %i values: %s', (text, values, expected) => {
    expect(exceeds(text, values)).toBe(expected)
  })

  it.each([
    [`${'['.repeat(3)}${']'.repeat(3)}`, false],
    [`${'['.repeat(4)}${']'.repeat(4)}`, true],
    ['[[],[],[],[],[[1]]]', false],
    ['{"a":{"b":{"c":{}}}}', true],
  ])('%s has over 3 levels: %s', (text, expected) => {
    expect(exceeds(text, 1_000, 3)).toBe(expected)
  })

  it('accepts every JSON text that has at most half as many values as the limit', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(exceeds(JSON.stringify(value), 2 * valuesIn(value))).toBe(false)
      }),
    )
  })

  it('takes seconds at most for 16 MB of quotes, backslashes or brackets', () => {
    const texts = ['[],', '"', '\\', '\\"', '"\\', '[', ',"a\\\\"'].map((part) =>
      Buffer.from(`"${part.repeat(16_000_000 / part.length)}`),
    )
    for (const text of texts) {
      const cpuMs = startCpuTime()
      exceedsJsonLimits(text, { values: 1e9, depth: 1e9 })
      // Linear: 0.1 s on a quiet machine.
      expect(cpuMs()).toBeLessThan(3_000)
    }
  })
})

/** A list or a mapping counts in addition to its items. */
function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, inner) => sum + valuesIn(inner), 1)
}
