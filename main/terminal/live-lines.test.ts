import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Terminal } from './command.ts'
import { cutTo, LiveLines } from './live-lines.ts'
import { printableStream } from './print.ts'

function liveOn(stream: object) {
  const raw = new PassThrough()
  const stderr = printableStream(Object.assign(raw, stream))
  const terminal = { stdout: stderr, stderr, stdin: process.stdin, columns: 80 }
  const none = () => Promise.reject(new Error('none'))
  const live = new LiveLines({ ...terminal, app: none, client: none } satisfies Terminal)
  return { live, written: () => String(raw.read() ?? '') }
}

describe('lines that are replaced', () => {
  it('erase what was shown before, through the stream that shows control characters as marks', () => {
    const { live, written } = liveOn({ isTTY: true, columns: 80, rows: 24 })
    live.show(['one', 'two\u001b[31m'])
    expect(written()).toBe('one\ntwo⟨U+001B⟩[31m\n')
    live.show(['three'])
    expect(written()).toBe('\u001b[2A\r\u001b[Jthree\n')
    live.clear()
    expect(written()).toBe('\u001b[1A\r\u001b[J')
    live.clear()
    expect(written()).toBe('')
  })

  it('are at most as many as the terminal has rows, and never wrap', () => {
    const { live, written } = liveOn({ isTTY: true, columns: 10, rows: 3 })
    live.show(['a long line of text', 'b', 'c', 'd'])
    expect(written()).toBe('a long l…\nb\n')
  })

  it('are not written where messages go to a file', () => {
    const { live, written } = liveOn({})
    live.show(['one'])
    live.clear()
    expect(written()).toBe('')
  })
})

it.each([
  ['short', 'short'],
  ['0123456789', '0123456789'],
  ['0123456789x', '012345678…'],
  ['한국어 한국어', '한국어 한…'],
  ['two\nlines', 'two lines'],
])('%j is cut to ten columns', (line, shown) => {
  expect(cutTo(10, line)).toBe(shown)
})
