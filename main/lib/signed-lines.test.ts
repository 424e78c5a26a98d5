import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { LineChain, readSignedLines, recordKey, unsignedValue } from './signed-lines.ts'

const key = randomBytes(32)
const chain = (more: string[] = ['journal', '1'], of = key) => new LineChain(of, more)
const signed = (): string[] => {
  const signer = chain()
  return [{ a: 1 }, { b: ',"mac":"' }, { c: 3 }].map((value) => signer.sign(value))
}
const verified = (lines: readonly string[], by = chain()): boolean[] => lines.map((line) => by.verify(line))

it('signed lines verify, and stay JSON', () => {
  expect(verified(signed())).toEqual([true, true, true])
  expect(signed().map((line) => JSON.parse(line).mac.length)).toEqual([43, 43, 43])
})

it.each([
  ['changed', ([a = '', b = '', c = '']: string[]) => [a.replace('1', '2'), b, c], [false, false, false]],
  ['moved', ([a = '', b = '', c = '']: string[]) => [b, a, c], [false, false, false]],
  ['taken out', ([a = '', , c = '']: string[]) => [a, c], [true, false]],
  ['inserted', ([a = '', b = '']: string[]) => [a, a, b], [true, false, false]],
  ['not signed', () => ['{"a":1}', '{}', 'no JSON'], [false, false, false]],
] as const)('a line that was %s does not verify', (_, change, expected) => {
  expect(verified(change(signed()))).toEqual(expected)
})

it('a file verifies only as a whole, also with the line separators of Unicode in it', async () => {
  const home = await mkdtemp(join(tmpdir(), 'hangar-records-'))
  onTestFinished(() => rm(home, { recursive: true }))
  const file = join(home, 'lines')
  const signer = chain()
  const text = `${signer.sign({ a: '\u2028\u2029' })}\n${signer.sign({ b: 2 })}\n`
  await writeFile(file, text)
  const { lines, verified: whole } = await readSignedLines(file, chain())
  expect([whole, lines.map(unsignedValue)]).toEqual([true, [{ a: '\u2028\u2029' }, { b: 2 }]])
  for (const changed of [`${text}{}\n`, `${text}\n`, text.replace('"b":2', '"b":3'), '{"a":1}']) {
    await writeFile(file, changed)
    expect(await readSignedLines(file, chain())).toMatchObject({ verified: false })
  }
})

it('lines of another file or another installation do not verify', () => {
  expect(verified(signed(), chain(['journal', '2']))).toEqual([false, false, false])
  expect(verified(signed(), chain(['journal', '1'], randomBytes(32)))).toEqual([false, false, false])
})

it('the key is made once, for its owner alone, and anew if its file is damaged', async () => {
  const home = await mkdtemp(join(tmpdir(), 'hangar-records-'))
  onTestFinished(() => rm(home, { recursive: true }))
  const [first, second] = await Promise.all([recordKey(home)(), recordKey(home)()])
  expect(first.equals(second)).toBe(true)
  expect(first).toHaveLength(32)
  expect((await stat(join(home, 'record.key'))).mode & 0o777).toBe(0o600)
  await writeFile(join(home, 'record.key'), 'x')
  expect((await recordKey(home)()).equals(first)).toBe(false)
  expect(await readFile(join(home, 'record.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
})
