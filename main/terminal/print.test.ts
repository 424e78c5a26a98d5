import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Terminal } from './command.ts'
import {
  age,
  printable,
  printableStream,
  printJson,
  printJsonLine,
  printMessage,
  printTable,
  status,
  withoutColours,
  wrap,
} from './print.ts'

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
    ['colours', '\u001b[31mred\u001b[0m', '⟨U+001B⟩[31mred⟨U+001B⟩[0m'],
    ['a window title', '\u001b]0;owned\u0007text', '⟨U+001B⟩]0;owned⟨U+0007⟩text'],
    ['a carriage return, which would overwrite the line', 'fail\rpass', 'fail⟨U+000D⟩pass'],
    ['a right-to-left override', 'a\u202Ecod.exe', 'a⟨U+202E⟩cod.exe'],
    ['a zero-width space', 'stag\u200bing', 'stag⟨U+200B⟩ing'],
  ])('is written with marks for %s, whatever a command writes', (_what, text, shown) => {
    const { output, results, messages } = terminal()
    const [stdout, stderr] = [printableStream(output.stdout), printableStream(output.stderr)]
    stdout.write(`${text}\n`)
    printTable({ ...output, stdout }, ['NAME'], [[text]])
    printMessage({ ...output, stderr }, text)

    expect(results()).toBe(`${shown}\nNAME\n${shown}\n`)
    expect(messages()).toBe(`${shown}\n`)
  })

  it('may contain new lines and tabs, and the colours of a status, whole', () => {
    expect(printable('a\n\tb')).toBe('a\n\tb')
    expect(printable('\u001b[31m✗ fail\u001b[39m \u001b[31m✗ fai')).toBe('\u001b[31m✗ fail\u001b[39m ⟨U+001B⟩[31m✗ fai')
  })

  it('is exact in JSON, and has no character there that a terminal would execute or hide', () => {
    const { output, results } = terminal()
    const document = { name: '\u202edorp\u200b\u009b31m\u007f' }
    const stdout = printableStream(output.stdout)
    printJson({ ...output, stdout }, document)
    const json = results()
    printJsonLine({ ...output, stdout }, document)

    for (const text of [json, results()]) {
      expect(JSON.parse(text)).toEqual(document)
      expect(text).toMatch(/^[ -~\n]*$/)
    }
  })

  it('of a log keeps its text without the colours of its program', () => {
    expect(withoutColours('\u001b[1;31mfailed\u001b[0m: \u001b]0;x')).toBe('failed: \u001b]0;x')
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
    printMessage(output, 'A hint.')

    expect(results()).toBe('{"a":1}\n{\n  "b": 2\n}\n')
    expect(messages()).toBe('A hint.\n')
  })

  it('a status has a mark and a word without colour', () => {
    expect(status('fail', new PassThrough())).toBe('✗ fail')
    expect(status('healthy', new PassThrough())).toBe('✓ healthy')
  })
})
