import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startCpuTime } from '../../../test/cpu-time.ts'
import { evidence } from './evidence.ts'
import { evidenceLimitCharacters } from './limits.ts'

const secret = 'c4n4ryC4N4RYc4n4ry'

describe('evidence', () => {
  it('is printable and within its limit, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_500 }), (text) => {
        const result = evidence(text)
        expect(result.length).toBeLessThanOrEqual(evidenceLimitCharacters)
        expect(result).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/)
      }),
      { numRuns: process.env.HANGAR_LONG === '1' ? 400 : 10 },
    )
  })

  it('takes under a second for text that makes backtracking patterns slow', () => {
    const cpuMs = startCpuTime()
    for (const text of [
      'a'.repeat(9_000),
      '://'.repeat(3_000),
      '"token":"'.repeat(1_000),
      'eyJ'.repeat(3_000),
      'Bearer '.repeat(1_300),
      'http://'.repeat(1_300),
    ])
      evidence(text)
    expect(cpuMs()).toBeLessThan(1_000)
  })

  it('contains no part of a secret at its limit', () => {
    const result = evidence(`${'x'.repeat(evidenceLimitCharacters - 20)} Authorization: Bearer ${secret}${secret}`)
    expect(result).not.toContain('c4n4ry')
  })
})
