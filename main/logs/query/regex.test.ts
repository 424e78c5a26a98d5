import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileRegex } from './regex.ts'

const atom = fc.constantFrom(
  ...[
    'a',
    'B',
    '7',
    '-',
    ' ',
    'é',
    '.',
    '\\d',
    '\\w',
    '\\W',
    '\\s',
    '\\b',
    '\\B',
    '^',
    '$',
    '[a-f]',
    '[^a]',
    '[^\\n]',
    '\\x{e9}',
  ],
  ...[
    '(?i:ab)',
    '(?s:.)',
    '(?m:^)',
    '(?m:$)',
    '\\A',
    '\\z',
    'a?',
    '7+',
    'B*',
    '[ab]{2}',
    '(a|7)',
    '(?:b|)',
    '\\n',
    's',
    'k',
  ],
)
const expression = fc.oneof(
  fc.array(atom, { minLength: 1, maxLength: 6 }).map((atoms) => atoms.join('')),
  fc
    .tuple(fc.array(atom, { minLength: 1, maxLength: 3 }), fc.array(atom, { minLength: 1, maxLength: 3 }))
    .map(([left, right]) => `(?:${left.join('')}|${right.join('')}){1,3}`),
)
const text = fc.string({
  unit: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...'aabBf7 -_\nsk') },
    { weight: 1, arbitrary: fc.constantFrom('é', '\u017f', '\u212a', '\0') },
  ),
  maxLength: 25,
})

describe('a regular expression of a query', () => {
  it('decides on bytes as on text, and has a start in what matches, whatever lies around it', () => {
    fc.assert(
      fc.property(
        expression,
        fc.boolean(),
        fc.array(text, { minLength: 1, maxLength: 8 }),
        (source, ignoreCase, texts) => {
          const regex = compileRegex({ source, ignoreCase })
          const parts = texts.map((each) => Buffer.from(each))
          const bytes = Buffer.concat(parts.flatMap((part) => [part, Buffer.from('a\n')]))
          let start = 0
          for (const [index, part] of parts.entries()) {
            const isMatch = regex.test(texts[index] ?? '')
            expect(regex.testBytes(bytes, start, start + part.length)).toBe(isMatch)
            if (isMatch && regex.starts !== undefined) {
              const first = regex.starts.next(bytes, start)
              expect(first).toBeGreaterThanOrEqual(start)
              expect(first + regex.starts.length).toBeLessThanOrEqual(start + part.length)
            }
            start += part.length + 2
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('with more states than are kept is decided all the same', () => {
    const regex = compileRegex({ source: '(a|b)*a(a|b){14}c', ignoreCase: false })
    const bits = Array.from({ length: 4_000 }, (_, index) => ((index * 2_654_435_761) % 7 > 3 ? 'a' : 'b')).join('')
    for (const given of [bits, `${bits}a${'b'.repeat(14)}c`]) {
      expect(regex.testBytes(Buffer.from(given), 0, given.length)).toBe(given.endsWith('c'))
    }
  })

  it.each([
    ['[a-f]{3}-[0-9]{2}', 'abc-1 fff-22 aab-33', [6, 13]],
    ['\\d+ms', '1 ms 22ms', [5, 6]],
    ['(?:GET|PUT) \\d', 'GET x PUT 7 GUT 1', [6, 12]],
    ['x[^y]', 'xy x\u00e9 x', [3]],
    ['7[^a]a', '7\u00e9a', [0]],
    ['(?i)k', 'ak \u212a', [1, 3, 4, 5]],
    ['\\bab$', 'xab ab', [1, 4]],
    ['[ab]{40}', `${'a'.repeat(30)}-${'b'.repeat(31)}`, [31]],
  ])('%s can start in %j at %j', (source, given, expected) => {
    const { starts } = compileRegex({ source, ignoreCase: false })
    const bytes = Buffer.from(given)
    const found: number[] = []
    for (let at = starts?.next(bytes, 0) ?? -1; at !== -1; at = starts?.next(bytes, at + 1) ?? -1) found.push(at)
    expect(found).toEqual(expected)
  })

  it.each(['a*', '', '^', 'x|', '\\b'])('%j can match anywhere', (source) => {
    expect(compileRegex({ source, ignoreCase: false }).starts).toBeUndefined()
  })
})
