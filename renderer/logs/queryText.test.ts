import { describe, expect, it } from 'vitest'
import { condition, searchTerms, withCondition } from './queryText.ts'

describe('a condition added by a click', () => {
  it.each([
    ['', 'status:503', 'include', 'status:503'],
    ['refused', 'status:503', 'include', 'refused status:503'],
    ['refused', 'status:503', 'exclude', 'refused -status:503'],
    ['refused status:503', 'status:503', 'include', 'refused status:503'],
    ['refused -status:503 x', 'status:503', 'include', 'refused x status:503'],
    ['a or b', 'pod:x', 'exclude', '(a or b) -pod:x'],
    ['(a or b) c', 'pod:x', 'include', '(a or b) c pod:x'],
    ['"connection ref', 'pod:x', 'include', '"connection ref" pod:x'],
    ['/a"b/', 'pod:x', 'include', '/a"b/ pod:x'],
  ] as const)('%j with %s to %s is %j', (text, added, how, query) => {
    expect(withCondition(text, added, how)).toBe(query)
  })

  it.each([
    ['status', '503', 'status:503'],
    ['path', '/api/*', 'path:"/api/*"'],
    ['message', 'a "b" \\ c', 'message:"a \\"b\\" \\\\ c"'],
    ['http.route', '', 'http.route:""'],
    ['x y', 'v', '"v"'],
    ['n', '-5', 'n:"-5"'],
  ])('the field %j with the value %j is %s', (name, value, text) => {
    expect(condition(name, value)).toBe(text)
  })

  it('is refused where the query would be too long or have several lines', () => {
    expect(withCondition('x'.repeat(990), 'status:503', 'include')).toBeUndefined()
    expect(withCondition('', 'message:"a\nb"', 'include')).toBeUndefined()
  })
})

describe('the terms to mark', () => {
  it.each([
    ['timeout "not found"', ['timeout', 'not found']],
    ['timeout -retry not debug', ['timeout']],
    ['a -(b or (c d)) e', ['a', 'e']],
    ['not (a) b', ['b']],
    ['path:/api/*/orders status:503 level:error pod:x', ['/api/', '/orders', '503']],
    ['took>250 or x', ['x']],
    ['/a+b/i', ['/a+b/i']],
    ['message:/^x/', ['/^x/']],
    ['level:', []],
  ])('of %j are %j', (text, expected) => {
    const shown = searchTerms(text).map((term) =>
      term.kind === 'text' ? term.text : `/${term.source}/${term.ignoreCase ? 'i' : ''}`,
    )
    expect(shown).toEqual(expected)
  })
})
