import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startCpuTime } from '../test/cpu-time.ts'
import { exactText, pasteSafe, visibleJson, visibleText } from './visible-text.ts'

const from = (...codes: readonly number[]): string => String.fromCodePoint(...codes)

describe('text from outside', () => {
  it.each([
    ['a right-to-left override', `${from(0x202e)}dorp-toor`, '⟨U+202E⟩dorp-toor'],
    ['a zero-width space', `stag${from(0x200b)}ing`, 'stag⟨U+200B⟩ing'],
    ['terminal colours', `${from(0x1b)}[31mred${from(0x1b)}[0m`, '⟨U+001B⟩[31mred⟨U+001B⟩[0m'],
    ['a window title', `${from(0x1b)}]0;owned${from(7)}`, '⟨U+001B⟩]0;owned⟨U+0007⟩'],
    ['a carriage return, which overwrites the line', 'fail\rpass', 'fail⟨U+000D⟩pass'],
    ['a C1 control', `a${from(0x9b)}31m`, 'a⟨U+009B⟩31m'],
    ['a tag, which can hide a text', `a${from(0xe0041)}`, 'a⟨U+E0041⟩'],
    ['a variation selector without a base', `prod${from(0xfe0f)}`, 'prod⟨U+FE0F⟩'],
    ['a joiner between Latin letters', `st${from(0x200d)}ag`, 'st⟨U+200D⟩ag'],
    ['a soft hyphen', `st${from(0xad)}ag`, 'st⟨U+00AD⟩ag'],
    ['a byte order mark', `${from(0xfeff)}prod`, '⟨U+FEFF⟩prod'],
    ['a blank letter', `prod${from(0x3164)}${from(0x2800)}`, 'prod⟨U+3164⟩⟨U+2800⟩'],
    ['a line separator', `a${from(0x2028)}b`, 'a⟨U+2028⟩b'],
    ['half a surrogate pair', 'a\ud800b', 'a⟨U+D800⟩b'],
  ])('shows %s as a mark', (_what, text, shown) => {
    expect(visibleText(text)).toBe(shown)
    expect(visibleText(shown)).toBe(shown)
  })

  it('shows every character of the classes of UTS #39 and UTS #55 as a mark, and no other', () => {
    const bidi = [
      0x61c,
      0x200e,
      0x200f,
      ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e],
      ...[0x2066, 0x2067, 0x2068, 0x2069],
    ]
    for (const code of bidi) expect(visibleText(`a${from(code)}b`)).not.toContain(from(code))
    const hides =
      /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb\u2800]/u
    const wrong: string[] = []
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const text = from(code)
      const expected = hides.test(text) && text !== '\n' && text !== '\t'
      if ((visibleText(text) !== text) !== expected) wrong.push(code.toString(16))
    }
    expect(wrong).toEqual([])
  })

  it.each([
    ['emoji with joiners', '👩‍👩‍👧‍👦 👩🏽‍💻 ❤️ 1️⃣ 🏳️‍🌈'],
    ['the flag of Scotland, which is made of tags', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['a Persian word with a non-joiner', 'می‌خواهم'],
    ['a Hindi word with a joiner after a virama', 'क्‍ष'],
    ['an ideograph with a variation', `葛${from(0xe0100)}`],
    ['letters of other scripts', 'שלום العربية Ελληνικά 日本語'],
    ['new lines and tabs', 'a\n\tb\r\nc'],
  ])('keeps %s', (_what, text) => {
    expect(visibleText(text)).toBe(text)
  })

  it('costs time that grows with its length only', () => {
    const cpuMs = startCpuTime()
    visibleText(`${'क्'.repeat(20_000)}${from(0x200d)}`.repeat(2))
    visibleText(from(0x1f468, 0x200d).repeat(20_000))
    expect(cpuMs()).toBeLessThan(2_000)
  })
})

it('JSON with escapes means the same', () => {
  const value = { [from(0x202e)]: `a${from(0x1b, 0x9b, 0xe0041, 0x2028)}\n👩‍💻` }
  const json = visibleJson(JSON.stringify(value, undefined, 2))
  expect(JSON.parse(json)).toEqual(value)
  expect(visibleText(json)).toBe(json)
})

describe('a copied text', () => {
  const hostile = [
    'touch ran-line',
    '$(touch ran-substitution)',
    '`touch ran-backticks`',
    "'; touch ran-quote; '",
    'x; touch ran-semicolon',
    'x | touch ran-pipe',
    'x && touch ran-and & touch ran-background',
    '> ran-redirect',
    'a\r\ntouch ran-crlf',
    '<(touch ran-process)',
    `x${from(0x2028)}touch ran-separator\rtouch ran-return`,
    'EOF\ntouch ran-second-line\n',
    '\\',
  ]

  it.skipIf(process.platform === 'win32').each([
    ['sh', []],
    ['sh', ['-i']],
    ['bash', ['--norc', '--noprofile', '-i']],
    // As zsh at its prompt, and as bash with this option off.
    ['bash', ['--norc', '--noprofile', '-i', '+O', 'interactive_comments']],
    ['zsh', ['-f', '-i']],
    ['fish', ['--no-config', '-i']],
    ['fish', ['--no-config']],
  ])('runs nothing when it is pasted into %s %j', (shell, options) => {
    const folder = mkdtempSync(join(tmpdir(), 'hangar-paste-'))
    try {
      // From a file: fish reads no socket, which a pipe of Node is.
      const paste = (input: string): void => {
        writeFileSync(`${folder}.txt`, input)
        const file = openSync(`${folder}.txt`, 'r')
        spawnSync(shell, options, { cwd: folder, stdio: [file, 'ignore', 'ignore'], timeout: 10_000 })
        closeSync(file)
      }
      for (const text of [...hostile, hostile.join('\n')]) paste(`${pasteSafe(text)}\n`)
      expect(readdirSync(folder)).toEqual([])
      paste('touch ran\n')
      expect(readdirSync(folder)).toEqual(['ran'])
    } finally {
      rmSync(folder, { recursive: true, force: true })
      rmSync(`${folder}.txt`, { force: true })
    }
  })

  it('has only lines that are comments', () => {
    for (const line of pasteSafe(hostile.join('\n'), ['curl example.com']).split('\n')) expect(line).toMatch(/^#( |$)/)
  })
})

describe('exactText', () => {
  it.each([
    ['plain text, with spaces', 'plain text, with spaces'],
    ['Größe 東京', 'Größe 東京'],
    ['root\u202edorp', 'root⟨U+202E⟩dorp'],
    ['stag\u200bing', 'stag⟨U+200B⟩ing'],
    ['two\nlines\tand a tab', 'two⟨U+000A⟩lines⟨U+0009⟩and a tab'],
    ['\u001b[31mred', '⟨U+001B⟩[31mred'],
    ['no-break\u00a0space', 'no-break⟨U+00A0⟩space'],
    ['line\u2028separator', 'line⟨U+2028⟩separator'],
    ['tag \u{e0041}', 'tag ⟨U+E0041⟩'],
  ])('shows %j as %j', (text, shown) => {
    expect(exactText(text)).toBe(shown)
  })
})
