import { describe, expect, it } from 'vitest'
import { canonical, digestOf } from './digest.ts'

describe('digestOf', () => {
  it('depends on the content, not on the order of keys', () => {
    expect(canonical({ b: [1, null], a: { d: 'x', c: true } })).toBe('{"a":{"c":true,"d":"x"},"b":[1,null]}')
    expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }))
    expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: '1' }))
    expect(digestOf({})).toMatch(/^[0-9a-f]{32}$/)
  })
})
