import { describe, expect, it } from 'vitest'
import { describeMissing, prerequisites } from './prerequisites.ts'

describe('missing prerequisites', () => {
  it('are described by package, with the tests that require it', () => {
    const chromium = prerequisites.filter(({ debian }) => debian === 'chromium')
    expect(describeMissing(chromium)).toBe(
      'This machine lacks these Debian packages:\n  chromium: required for the browser tests',
    )
  })

  it('list each package once, with everything that requires it', () => {
    expect(new Set(prerequisites.map(({ debian }) => debian)).size).toBe(prerequisites.length)
    expect(prerequisites.filter(({ without }) => without === '')).toEqual([])
  })
})
