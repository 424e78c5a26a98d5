import { describe, expect, it } from 'vitest'
import { commandText, exactText } from './exact-text.ts'

describe('exactText', () => {
  it.each([
    ['plain text, with spaces', 'plain text, with spaces'],
    ['Größe 東京', 'Größe 東京'],
    ['root\u202edorp', 'root\\u{202e}dorp'],
    ['stag\u200bing', 'stag\\u{200b}ing'],
    ['two\nlines\tand a tab', 'two\\u{a}lines\\u{9}and a tab'],
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['no-break\u00a0space', 'no-break\\u{a0}space'],
    ['line\u2028separator', 'line\\u{2028}separator'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
  ])('shows %j as %j', (text, shown) => {
    expect(exactText(text)).toBe(shown)
  })
})

describe('commandText', () => {
  it('quotes what is not a plain word, so that the ends of arguments can be seen', () => {
    expect(commandText('/usr/bin/aws', ['eks', 'get-token', '--name=a b', '', 'say "x"', 'a\nb'])).toBe(
      '/usr/bin/aws eks get-token "--name=a b" "" "say \\"x\\"" "a\\u{a}b"',
    )
  })
})
