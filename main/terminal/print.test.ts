import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Terminal } from './command.ts'
import { age, plain, printJson, printJsonLine, printMessage, printTable, status, wrap } from './print.ts'

const now = Date.parse('2026-07-01T12:00:00Z')
const ago = (seconds: number): string => new Date(now - seconds * 1_000).toISOString()

function terminal(columns: number | undefined = 80) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const output: Terminal = {
    stdout,
    stderr,
    stdin: process.stdin,
    columns,
    app: () => Promise.reject(new Error('none')),
    client: () => Promise.reject(new Error('none')),
  }
  return { output, results: () => String(stdout.read() ?? ''), messages: () => String(stderr.read() ?? '') }
}

describe('an age', () => {
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
  ])('of %s is printed as %s', (from, words) => {
    expect(age(from, now)).toBe(words)
  })
})

describe('text from a cluster or a server', () => {
  it.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a window title', '\u001b]0;owned\u0007text', 'text'],
    ['a carriage return, which would overwrite the line', 'fail\rpass', 'fail�pass'],
    ['a backspace', 'ab\b\bcd', 'ab��cd'],
    ['C1 controls', 'a\u009b31mb', 'ab'],
    ['a right-to-left override', 'a\u202Ecod.exe', 'a�cod.exe'],
    ['changes to a new line or a tab', 'a\n\tb', 'a\n\tb'],
  ])('is printed without %s', (_what, text, shown) => {
    expect(plain(text)).toBe(shown)
  })
})

describe('a table', () => {
  it('is aligned in columns, without frames and trailing spaces', () => {
    const { output, results, messages } = terminal()
    printTable(
      output,
      ['NAME', 'WHAT'],
      [
        ['a', 'first'],
        ['longer', 'second'],
      ],
    )

    expect(results()).toBe('NAME    WHAT\na       first\nlonger  second\n')
    expect(messages()).toBe('')
  })

  const hint = 'Ask the network team to allow connections from this computer to 192.0.2.7, port 443.'

  it('wraps its last column to the width of the terminal, under its head', () => {
    const { output, results } = terminal(40)
    printTable(output, ['ROW', 'WHAT TO DO'], [['agent', hint]])

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

  it('prints each row in full on one line if stdout is not a terminal', () => {
    const captured = terminal()
    printTable({ ...captured.output, columns: undefined }, ['ROW', 'WHAT TO DO'], [['agent', hint]])

    expect(captured.results()).toBe(`ROW    WHAT TO DO\nagent  ${hint}\n`)
  })

  it.each([
    ['one two three', 7, 'one two\nthree'],
    ['one', 7, 'one'],
    ['', 7, ''],
    ['a-word-of-some-length', 8, 'a-word-o\nf-some-l\nength'],
    ['see https://example.test/x now', 10, 'see\nhttps://ex\nample.test\n/x now'],
  ])('wraps %j to lines of %i characters', (text, width, lines) => {
    expect(wrap(text, width)).toBe(lines)
  })

  it('contains no control characters except Hangar’s colours', () => {
    const { output, results } = terminal()
    printTable(output, ['A'], [['\u001b[32m✓ pass\u001b[39m \u001b[2J\u001b]0;owned\u0007']])

    expect(results()).toContain('\u001b[32m✓ pass\u001b[39m')
    expect(results()).not.toMatch(/\u001b\[2J|\u001b\]/)
  })
})

describe('results and messages', () => {
  it('go to stdout and stderr', () => {
    const { output, results, messages } = terminal()
    printJsonLine(output, { a: 1 })
    printJson(output, { b: 2 })
    printMessage(output, 'A hint.\u001b[2J')

    expect(results()).toBe('{"a":1}\n{\n  "b": 2\n}\n')
    expect(messages()).toBe('A hint.\n')
  })

  it('a status has a mark and a word without colour', () => {
    expect(status('fail', new PassThrough())).toBe('✗ fail')
    expect(status('healthy', new PassThrough())).toBe('✓ healthy')
  })
})
