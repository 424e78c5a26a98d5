import { describe, expect, it } from 'vitest'
import { needs, sayMissing } from './machine.ts'

describe('what a machine lacks', () => {
  it('is said by its package, with what is not run without it', () => {
    const chromium = needs.filter(({ debian }) => debian === 'chromium')
    expect(sayMissing(chromium)).toBe(
      'This machine lacks (names of Debian’s packages):\n  chromium: without it, not the browser tests',
    )
  })

  it('names each package once, and says of each what it is for', () => {
    expect(new Set(needs.map(({ debian }) => debian)).size).toBe(needs.length)
    expect(needs.filter(({ without }) => without === '')).toEqual([])
  })
})
