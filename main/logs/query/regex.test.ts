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
  it('decides on bytes as on text, whatever lies around them', () => {
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
            expect(regex.testBytes(bytes, start, start + part.length)).toBe(regex.test(texts[index] ?? ''))
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
})
