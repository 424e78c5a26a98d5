import { expect, it } from 'vitest'
import { placeText } from './yaml-places.ts'
import { firstOfLines, yamlWords } from './yaml-words.ts'

it.each([
  ['a: b: c', 'a mapping cannot start here'],
  ['title: Hello: World', 'a mapping cannot start here'],
  ['a: [a: b: c]', 'a mapping cannot start here: inside [ ]'],
  ['a:\n  - b\n - c', 'this "-" is not in the column of the list'],
  ['a:\n  b: 1\n c: 2', 'the keys of a mapping must start in the same column'],
  ['a:\n\tb: 1', 'a tab cannot be an indentation'],
  ['a: "b', 'the closing " is missing'],
  ["a: 'b", "the closing ' is missing"],
  ['a: [b', 'the closing ] is missing'],
  ['a: {b: 1', 'the closing } is missing'],
  ['a: [1\nb: 2', 'the closing ] is missing'],
  ['a\nb: c', 'a ":" is missing after this key'],
  ['key\n  more: x', 'a ":" is missing after this key'],
  ['a: b\n- c', 'a ":" is missing after this key'],
  ['a: "x"#c', 'a space is missing before the "#"'],
  ['%YAML 1.2', 'the line "---" is missing'],
  ['a: @b', 'a value cannot start with @: put it in quotes'],
  ['a: `b', 'a value cannot start with `: put it in quotes'],
  ['a: %b', 'a value cannot start with %: put it in quotes'],
  ['a: , b', 'a value cannot start with ,: put it in quotes'],
  ['a: "\\q"', 'this escape sequence is unknown'],
  ['a: *', 'the name after "*" is missing'],
  ['a: &', 'the name after "&" is missing'],
  ['a: &x &y b', 'a value can have one anchor'],
  ['a: !x !y b', 'a value can have one tag'],
  ['a: 1\na: 2', 'this key is already in its mapping'],
  ['a: 1\n---\nb: 2', 'a second document starts here'],
  ['a: - b', 'a list cannot start here'],
  ['a: "b" c', 'the value has ended before this text'],
  ['a: |x\n  b', 'a text after "|" or ">" starts on the next line'],
  ['a: > x\n b', 'a text after "|" or ">" starts on the next line'],
  ['a: ]', 'this closing bracket has no opening one'],
  ['a: [,]', 'a value is missing before this ","'],
])('the first error of %j is in words: %s', (text, words) => {
  const [first] = placeText(text).errors
  expect(first === undefined ? '' : yamlWords(first)).toContain(words)
})

it('quotes nothing of the text but a character, and names a code that it does not know', () => {
  const texts = [
    'a: !s3cret !s3cret b',
    'a: "x" s3cret',
    'a: |s3cret\n b',
    'a: [s3cret',
    's3cret\nb: 1',
    's3cret: 1\ns3cret: 2',
  ]
  const words = texts.flatMap((text) => placeText(text).errors.map(yamlWords))
  expect(words.length).toBeGreaterThan(5)
  expect(words.join('\n')).not.toContain('s3cret')
  expect(yamlWords({ code: 'NEW_CODE', message: 's3cret' })).toBe('this is not YAML (NEW_CODE)')
})

it('of the errors of a line, the first is left', () => {
  expect(firstOfLines([{ line: 2 }, { line: 2 }, { line: 3 }])).toEqual([{ line: 2 }, { line: 3 }])
})
