import { describe, expect, it } from 'vitest'
import { mergeValues, pathsOfNulls } from './values.ts'

describe('mergeValues', () => {
  it('merges objects, replaces anything else, and preserves nulls', () => {
    const base = { a: { b: 1, c: [1, 2] }, d: 'x', e: { f: 1 } }
    expect(mergeValues(base, { a: { c: [3] }, d: { y: 1 }, e: null })).toEqual({
      a: { b: 1, c: [3] },
      d: { y: 1 },
      e: null,
    })
    expect(base.a.c).toEqual([1, 2])
  })

  it('does not merge with properties of the prototype', () => {
    expect(mergeValues({}, { toString: { a: 1 } })).toEqual({ toString: { a: 1 } })
  })
})

describe('pathsOfNulls', () => {
  it('finds nulls in objects and lists', () => {
    expect(pathsOfNulls({ a: null, b: { c: [1, { d: null }] } })).toEqual(['a', 'b.c[1].d'])
    expect(pathsOfNulls({ a: 0, b: '' })).toEqual([])
  })
})
