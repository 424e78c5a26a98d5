import { expect, it } from 'vitest'
import { startCpuTime } from '../../../test/cpu-time.ts'
import { maskedWords } from './mask.ts'
import { PatternTree } from './tree.ts'

function patternsOf(messages: readonly string[], limit = 2_000): { patterns: string[]; of: (number | undefined)[] } {
  const tree = new PatternTree(limit)
  const of = messages.map((message) => tree.add(maskedWords(message), ''))
  return { patterns: tree.patterns.map(({ words }) => words.join(' ')), of }
}

it.each<[string, readonly string[], readonly string[]]>([
  ['a number is a value', ['order 1 accepted', 'order 2 accepted'], ['order <*> accepted']],
  [
    'one constant word of few keeps patterns apart',
    ['order 1 accepted', 'order 2 refused', 'order 3 accepted'],
    ['order <*> accepted', 'order <*> refused'],
  ],
  [
    'a word of many is a value',
    ['Connection to orders failed: connection refused', 'Connection to billing failed: connection refused'],
    ['Connection to <*> failed: connection refused'],
  ],
  [
    'the name of a value stays',
    ['sign-in of the portal user=alice was refused', 'sign-in of the portal user=bob was refused'],
    ['sign-in of the portal user=<*> was refused'],
  ],
  ['numbers of words differ', ['shop is open', 'shop is open now'], ['shop is open', 'shop is open now']],
  ['only values are one pattern', ['1 2', '3 4'], ['<*> <*>']],
  ['no text is a pattern too', ['', ''], ['']],
])('%s', (_, messages, patterns) => {
  expect(patternsOf(messages).patterns).toEqual(patterns)
})

it('lines beyond the limit of patterns have none, and known ones still do', () => {
  expect(patternsOf(['a b', 'c d', 'e f', 'c d'], 2).of).toEqual([0, 1, undefined, 1])
})

it('lines of different kinds have different patterns', () => {
  const tree = new PatternTree(10)
  expect([tree.add(['a'], 'ERROR'), tree.add(['a'], 'INFO'), tree.add(['a'], 'ERROR')]).toEqual([0, 1, 0])
})

it('groups 20,000 messages of which no two are alike in seconds', () => {
  const words = Array.from({ length: 20_000 }, (_, index) =>
    index.toString(26).replaceAll(/\d/g, (digit) => `q${'abcdefghij'[Number(digit)]}`),
  )
  const cpuMs = startCpuTime()
  const { patterns } = patternsOf(
    words.map((word, index) => `the ${word} of ${words[index ^ 1]} and ${words[index ^ 2]} is`),
  )
  expect(patterns.length).toBeLessThanOrEqual(2_000)
  expect(cpuMs()).toBeLessThan(10_000)
})
