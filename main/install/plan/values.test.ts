import { describe, expect, it } from 'vitest'
import { canonical, digestOf } from './digest.ts'
import { hide, mergeValues, nullPaths, textsToHide } from './values.ts'

describe('mergeValues', () => {
  it('merges objects, replaces all else, and keeps nulls', () => {
    const under = { a: { b: 1, c: [1, 2] }, d: 'x', e: { f: 1 } }
    expect(mergeValues(under, { a: { c: [3] }, d: { y: 1 }, e: null })).toEqual({
      a: { b: 1, c: [3] },
      d: { y: 1 },
      e: null,
    })
    expect(under.a.c).toEqual([1, 2])
  })

  it('takes no property of the prototype for a value below', () => {
    expect(mergeValues({}, { toString: { a: 1 } })).toEqual({ toString: { a: 1 } })
  })
})

describe('nullPaths', () => {
  it('finds nulls in objects and lists', () => {
    expect(nullPaths({ a: null, b: { c: [1, { d: null }] } })).toEqual(['a', 'b.c[1].d'])
    expect(nullPaths({ a: 0, b: '' })).toEqual([])
  })
})

describe('digestOf', () => {
  it('depends on content, not on the order of keys', () => {
    expect(canonical({ b: [1, null], a: { d: 'x', c: true } })).toBe('{"a":{"c":true,"d":"x"},"b":[1,null]}')
    expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }))
    expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: '1' }))
    expect(digestOf({})).toMatch(/^[0-9a-f]{32}$/)
  })
})

describe('what an error must not repeat', () => {
  it('is a text of some length that is no address, quantity or number', () => {
    const values = {
      token: 'canary-8c1f0e6b2d',
      host: 'api.example.com:443',
      image: 'registry.example.com/a/b:1',
      memory: '512Mi',
      short: 'abc',
    }
    expect(textsToHide(values)).toEqual(['canary-8c1f0e6b2d'])
  })

  it('is hidden as it is, as JSON and in base64', () => {
    const secret = 'p"ssw\\rd-long'
    const said = `got ${secret}, ${JSON.stringify({ secret })}, ${Buffer.from(secret).toString('base64')}`
    expect(hide(said, [secret])).toBe('got [hidden], {"secret":"[hidden]"}, [hidden]')
  })
})
