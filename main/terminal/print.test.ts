import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Terminal } from './command.ts'
import { age, json, line, plain, say, status, table, wrap } from './print.ts'

const now = Date.parse('2026-07-01T12:00:00Z')
const ago = (seconds: number): string => new Date(now - seconds * 1_000).toISOString()

function terminal(columns: number | undefined = 80) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const made: Terminal = {
    stdout,
    stderr,
    stdin: process.stdin,
    columns,
    app: () => Promise.reject(new Error('none')),
    client: () => Promise.reject(new Error('none')),
  }
  return { made, results: () => String(stdout.read() ?? ''), rest: () => String(stderr.read() ?? '') }
}

describe('how long ago', () => {
  it.each([
    [ago(0), '0 s'],
    [ago(-30), '0 s'],
    [ago(119), '119 s'],
    [ago(120), '2 min'],
    [ago(7_199), '120 min'],
    [ago(7_200), '2 h'],
    [ago(172_800), '2 d'],
    [null, 'never'],
    [undefined, 'never'],
  ])('%s is %s', (from, words) => {
    expect(age(from, now)).toBe(words)
  })
})

describe('text of a peer', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a title for the window', '\u001b]0;owned\u0007text', 'text'],
    ['a carriage return that would write over the line', 'fail\rpass', 'fail�pass'],
    ['a backspace', 'ab\b\bcd', 'ab��cd'],
    ['C1 controls', 'a\u009b31mb', 'ab'],
    ['letters that run from right to left', 'a\u202Ecod.exe', 'a�cod.exe'],
    ['a new line and a tab', 'a\n\tb', 'a\n\tb'],
  ])('loses %s', (_what, text, shown) => {
    expect(plain(text)).toBe(shown)
  })
})

describe('a table', () => {
  it('stands in columns without frames and without spaces at the end', () => {
    const { made, results, rest } = terminal()
    table(
      made,
      ['NAME', 'WHAT'],
      [
        ['a', 'first'],
        ['longer', 'second'],
      ],
    )

    expect(results()).toBe('NAME    WHAT\na       first\nlonger  second\n')
    expect(rest()).toBe('')
  })

  const hint = 'Ask the network team to allow connections from this computer to 192.0.2.7, port 443.'

  it('wraps its last column to the width of the terminal, under its head', () => {
    const { made, results } = terminal(40)
    table(made, ['ROW', 'WHAT TO DO'], [['agent', hint]])

    expect(results()).toBe(
      [
        'ROW    WHAT TO DO',
        'agent  Ask the network team to allow',
        '       connections from this computer to',
        '       192.0.2.7, port 443.',
        '',
      ].join('\n'),
    )
  })

  it('has each row in one line, in full, where stdout is no terminal', () => {
    const made = terminal()
    table({ ...made.made, columns: undefined }, ['ROW', 'WHAT TO DO'], [['agent', hint]])

    expect(made.results()).toBe(`ROW    WHAT TO DO\nagent  ${hint}\n`)
  })

  it.each([
    ['one two three', 7, 'one two\nthree'],
    ['one', 7, 'one'],
    ['', 7, ''],
    ['a-word-of-some-length', 8, 'a-word-o\nf-some-l\nength'],
    ['see https://example.test/x now', 10, 'see\nhttps://ex\nample.test\n/x now'],
  ])('breaks %j in lines of %i characters', (text, width, lines) => {
    expect(wrap(text, width)).toBe(lines)
  })

  it('lets through no control character but our own colours', () => {
    const { made, results } = terminal()
    table(made, ['A'], [['\u001b[32m✓ pass\u001b[39m \u001b[2J\u001b]0;owned\u0007']])

    expect(results()).toContain('\u001b[32m✓ pass\u001b[39m')
    expect(results()).not.toMatch(/\u001b\[2J|\u001b\]/)
  })
})

describe('results and all else', () => {
  it('go to different streams', () => {
    const { made, results, rest } = terminal()
    line(made, { a: 1 })
    json(made, { b: 2 })
    say(made, 'A hint.\u001b[2J')

    expect(results()).toBe('{"a":1}\n{\n  "b": 2\n}\n')
    expect(rest()).toBe('A hint.\n')
  })

  it('a status is a mark and a word where there is no colour', () => {
    expect(status('fail', new PassThrough())).toBe('✗ fail')
    expect(status('healthy', new PassThrough())).toBe('✓ healthy')
  })
})
