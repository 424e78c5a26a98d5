import { describe, expect, it } from 'vitest'
import { lineDiff } from './line-diff.ts'

const text = (lines: readonly (string | number)[]): string => lines.join('\n')
const many = Array.from({ length: 20 }, (_, index) => index)

describe('a diff of lines', () => {
  it.each([
    ['equal texts', 'a\nb', 'a\nb', ['…']],
    ['one line', '3', '1', ['-3', '+1']],
    ['a new text', null, 'a\nb', ['+a', '+b']],
    ['a text that is gone', 'a\n', null, ['-a']],
    ['an inserted line', 'a\nc', 'a\nb\nc', [' a', '+b', ' c']],
    ['lines that moved', 'a\nb\nc', 'c\na\nb', ['+c', ' a', ' b', '-c']],
    [
      'a line in the middle of many, with three lines around it',
      text(many),
      text(many.map((each) => (each === 9 ? 'x' : each))),
      ['…', ' 6', ' 7', ' 8', '-9', '+x', ' 10', ' 11', ' 12', '…'],
    ],
  ])('of %s', (_, before, after, lines) => {
    expect(lineDiff(before, after).map(({ sign, text: line }) => `${sign}${line}`)).toEqual(lines)
  })

  it('of texts without end shows all lines of one after all of the other', () => {
    const text = (word: string): string => Array.from({ length: 100_000 }, (_, index) => `${word}${index}`).join('\n')
    const signs = lineDiff(text('a'), text('b')).map(({ sign }) => sign)

    expect([signs.length, signs.indexOf('+'), signs.lastIndexOf('-')]).toEqual([200_000, 100_000, 99_999])
  })
})
