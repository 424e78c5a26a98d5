import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { readPowerShell } from './powershell-sample.ts'
import { shellWord } from './shell-word.ts'

const hostile = [
  "it's mine",
  "'; calc; '",
  '‘; calc; ‚‛’',
  '$(calc)',
  '`calc`',
  '"; calc; "',
  '@(calc)',
  'a & calc',
  'a | calc',
  '# calc',
  '',
]

// PowerShell itself is on no test machine: its documented rules are what is tested.
it.each(hostile)('%j is one literal word of PowerShell', (text) => {
  expect(readPowerShell(`hangar ${shellWord(text, 'powershell')}`)).toEqual({ code: "hangar ''", literals: [text] })
})

it.skipIf(process.platform === 'win32').each(hostile)('%j is one literal word of a POSIX shell', (text) => {
  const printed = execFileSync('/bin/sh', ['-c', `printf '%s|' ${shellWord(text, 'posix')}`])
  expect(printed.toString()).toBe(`${text}|`)
})

it('what needs no quotes has none, but for what PowerShell reads as a list, a variable or an alias', () => {
  expect(['/a/b.yaml', 'C:\\a', 'a,b', '@x', '%'].map((text) => shellWord(text, 'powershell'))).toEqual([
    '/a/b.yaml',
    'C:\\a',
    "'a,b'",
    "'@x'",
    "'%'",
  ])
  expect(shellWord('/a/b,c@d.yaml', 'posix')).toBe('/a/b,c@d.yaml')
})

it.each([
  ["a'b", { code: "a''", literals: ['b'] }],
  ["'a''b' c", { code: "'' c", literals: ["a'b"] }],
  ["'/x'\\''; calc; '\\'''", { code: "''\\''; calc; ''", literals: ['/x', '', "\\'"] }],
  ['a # b', { code: 'a ', literals: [] }],
  ['a#b', { code: 'a#b', literals: [] }],
  // The quotes of a POSIX shell: here the text runs.
])('the rules of PowerShell read %j', (line, expected) => {
  expect(readPowerShell(line)).toEqual(expected)
})
