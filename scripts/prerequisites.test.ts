import { describe, expect, it } from 'vitest'
import { describeMissing, prerequisites } from './prerequisites.ts'

describe('missing prerequisites', () => {
  it('are described by their package, with what requires it', () => {
    const chromium = prerequisites.filter(({ debian }) => debian === 'chromium')
    expect(describeMissing(chromium)).toBe(
      'This machine lacks these Debian packages:\n  chromium: required for the browser tests',
    )
  })

  it('have each package once, with what requires it', () => {
    expect(new Set(prerequisites.map(({ debian }) => debian)).size).toBe(prerequisites.length)
    expect(prerequisites.filter(({ without }) => without === '')).toEqual([])
  })
})
