import { describe, expect, it } from 'vitest'
import { startCpuTime } from '../../../test/cpu-time.ts'
import { shellCommands, type Word, wordText } from './shell-commands.ts'

const wordsOf = (script: string): string[][] => shellCommands(script).map(({ words }) => words.map(wordText))

describe('the commands of a shell script', () => {
  const cases: readonly [what: string, script: string, commands: string[][]][] = [
    ['are split at blanks and line ends', 'a  b\tc\nd', [['a', 'b', 'c'], ['d']]],
    ['are split at operators', 'a;b&&c||d|e&f', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
    ['continue after a backslash', 'helm \\\n  upgrade \\\r\n  x', [['helm', 'upgrade', 'x']]],
    ['have quoted words', `a 'b  $c' "d e" f\\ g "h\\"i"`, [['a', 'b  $c', 'd e', 'f g', 'h"i']]],
    ['keep empty words', `a '' ""`, [['a', '', '']]],
    ['have no comments', 'a # b\n# c\nd#e', [['a'], ['d#e']]],
    ['have no redirections', 'a >out 2>&1 <in b &>/dev/null', [['a', 'b']]],
    [
      'have no here-documents',
      "a <<EOF b\nhelm install x\nEOF\nc <<-'E F'\n\thelm\n\tE F\nd",
      [['a', 'b'], ['c'], ['d']],
    ],
    ['are inside blocks', 'if x; then y; elif z; then w; fi', [['x'], ['y'], ['z'], ['w']]],
    ['are inside functions', 'f() { a b; }\nfunction g { c; }\nf', [['a', 'b'], ['c'], ['f']]],
    ['are inside cases, without their patterns', 'case "$1" in\n a|b) x ;;\n *) y ;;\nesac\nz', [['x'], ['y'], ['z']]],
    ['are inside subshells', '(a; b)\nc', [['a'], ['b'], ['c']]],
    [
      'keep substitutions as written',
      'a $(helm install "$(x)" b) `c d` $((1 + 2))',
      [['a', '$(helm install "$(x)" b)', '`c d`', '$((1 + 2))']],
    ],
    ['end with an unclosed quote', 'a "b\nc', [['a', 'b\nc']]],
    ['begin after assignments', 'A=1 B="x y" a', [['A=1', 'B=x y', 'a']]],
  ]
  it.each(cases)('%s', (_what, script, expected) => expect(wordsOf(script)).toEqual(expected))

  const variables: readonly [script: string, word: Word][] = [
    ['$A', [{ variable: 'A' }]],
    ['"x$A/y"', [{ text: 'x' }, { variable: 'A' }, { text: '/y' }]],
    ["'$A'", [{ text: '$A' }]],
    ['${A}b', [{ variable: 'A' }, { text: 'b' }]],
    ['${A:-b c}', [{ variable: 'A', fallback: 'b c' }]],
    ['${A:?is missing}', [{ variable: 'A' }]],
    ['${A%%/*}', [{ unread: '${A%%/*}' }]],
    ['$1', [{ variable: '1' }]],
    ['$@', [{ variable: '@' }]],
    ['$?', [{ unread: '$?' }]],
    ['a$', [{ text: 'a$' }]],
  ]
  it.each(variables)('name the variables of %s', (script, word) => {
    expect(shellCommands(script)[0]?.words[0]?.filter((part) => !('text' in part) || part.text !== '')).toEqual(word)
  })

  it('know their line, their function, their here-document and whether they surely run', () => {
    const script = 'a\nif b; then\n  c\nfi\nd || e\nf() {\n  g <<EOF\n1\n2\nEOF\n}\nh'
    const found = shellCommands(script).map(({ line, words, isConditional, inFunction, hereDocumentLines }) => [
      line,
      words.map(wordText).join(' '),
      isConditional,
      inFunction ?? '',
      hereDocumentLines,
    ])
    expect(found).toEqual([
      [1, 'a', false, '', 0],
      [2, 'b', true, '', 0],
      [3, 'c', true, '', 0],
      [5, 'd', false, '', 0],
      [5, 'e', true, '', 0],
      [7, 'g', false, 'f', 2],
      [12, 'h', false, '', 0],
    ])
  })

  it('are limited', () => {
    expect(() => shellCommands('a\n'.repeat(20_001))).toThrow('20000')
  })

  it('are read in linear time', () => {
    for (const piece of ['$(', '"', '${', '<<', '`', 'if ', '((((', 'a=$b ']) {
      const cpuMs = startCpuTime()
      try {
        shellCommands(piece.repeat(50_000))
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
      expect(cpuMs()).toBeLessThan(3_000)
    }
  })
})
