import { describe, expect, it } from 'vitest'
import { matchesWildcard } from './wildcard.ts'

describe('a pattern with "*"', () => {
  it.each([
    ['far', 'far'],
    ['far', 'f*'],
    ['far', '*r'],
    ['far', '*'],
    ['far', 'far*'],
    ['far', '*f*a*r*'],
    ['aba', 'a*b*a'],
  ])('%j matches %j', (text, pattern) => {
    expect(matchesWildcard(text, pattern)).toBe(true)
  })

  it.each([
    ['far', 'fa'],
    ['far', 'f*a'],
    ['aa', 'a*a*a'],
    ['ab', 'ab*b'],
    ['axb', 'a*y*b'],
    ['', 'a*'],
  ])('%j does not match %j', (text, pattern) => {
    expect(matchesWildcard(text, pattern)).toBe(false)
  })

  it('takes linear time for a hostile pattern', () => {
    expect(matchesWildcard('a'.repeat(20_000), `${'a*'.repeat(10_000)}b`)).toBe(false)
  })
})
