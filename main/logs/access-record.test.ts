import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { AccessRecord, isSame } from './access-record.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const search = (text: string, more: object = {}) => ({ action: 'search' as const, asked: { text, ...more } })

function made(limitBytes?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'hangar-access-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [recordKey, key] = [randomBytes(32), randomBytes(32)]
  const file = join(folder, 'logs', 'access.jsonl')
  const record = () =>
    new AccessRecord(
      {
        host: 'terminal',
        recordKey: async () => recordKey,
        key: async () => key,
        existingKey: async () => key,
        destroyKey: async () => undefined,
      },
      () => file,
      limitBytes,
    )
  return { record, file }
}

it.each([
  ['the same text', search('a'), search('a'), true],
  ['another text', search('a'), search('b'), false],
  ['another action', search('a'), { action: 'patterns' as const, asked: { text: 'a' } }, false],
  [
    'times of the same minute',
    search('a', { from: '2026-11-22T10:00:01Z' }),
    search('a', { from: '2026-11-22T10:00:09Z' }),
    true,
  ],
  ['other times', search('a', { from: '2026-11-22T10:00:00Z' }), search('a', { from: '2026-11-22T11:00:00Z' }), false],
])('%s: the same question: %#', (_, one, other, same) => {
  expect(isSame(one, other)).toBe(same)
})

it('records who asked what, without what is typed meanwhile, and with nothing of it in clear', async () => {
  const { record, file } = made()
  const first = record()
  for (const text of ['c', 'ca', 'canary']) first.note(planeId, search(text))
  first.note(planeId, { action: 'around', asked: { record: 'canary-id' } })
  await first.write(planeId, { action: 'export', asked: { text: 'canary', format: 'csv', redact: true } })
  // Of another process, which has added a line.
  await record().write(planeId, { action: 'retention', asked: { days: 7, bytes: null } })
  first.note(planeId, search('last'))
  first.note(planeId, search('last'))
  await first.flush()
  first.note(planeId, search('last'))

  const { entries, total, unverified } = await first.read(planeId, 4)
  expect([total, unverified]).toEqual([5, 0])
  expect(entries.map(({ action, asked }) => [action, asked])).toEqual([
    ['search', { text: 'last' }],
    ['retention', { days: 7, bytes: null }],
    ['export', { text: 'canary', format: 'csv', redact: true }],
    ['around', { record: 'canary-id' }],
  ])
  expect(entries[0]).toMatchObject({ user: userInfo().username, host: 'terminal', verified: true })
  expect(readFileSync(file, 'utf8')).not.toContain('canary')
})

it.each<[string, (lines: string[]) => string[], number]>([
  ['a line is changed', ([one = '', ...rest]) => [one.replace('search', 'around'), ...rest], 3],
  ['a line is taken out', ([one = '', , ...rest]) => [one, ...rest], 1],
  ['lines change their places', ([one = '', two = '', ...rest]) => [two, one, ...rest], 3],
  ['a line is invented', (lines) => [...lines, '{"at":"2026-11-22T10:00:00Z"}'], 1],
])('it is noticed that %s', async (_, change, unverified) => {
  const { record, file } = made()
  for (const text of ['a', 'b', 'c']) await record().write(planeId, search(text))
  writeFileSync(file, `${change(readFileSync(file, 'utf8').trimEnd().split('\n')).join('\n')}\n`)
  expect((await record().read(planeId, 10)).unverified).toBe(unverified)
})

it('continues after a line that a crash has cut', async () => {
  const { record, file } = made()
  for (const text of ['a', 'b']) await record().write(planeId, search(text))
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20))
  await record().write(planeId, search('c'))
  const { entries, unverified } = await record().read(planeId, 10)
  expect([unverified, entries.map(({ asked }) => asked?.text)]).toEqual([1, ['c', 'a']])
})

const older = (file: string): string => file.replace('.jsonl', '.older.jsonl')

it('is bounded: the oldest accesses are deleted, and what is left verifies, also for another process', async () => {
  const { record, file } = made(2_000)
  const [one, other] = [record(), record()]
  for (let index = 0; index < 40; index += 1) await (index % 3 === 0 ? other : one).write(planeId, search(`${index}`))

  for (const path of [file, older(file)]) expect(statSync(path).size).toBeLessThan(2_600)
  const { entries, total, unverified } = await record().read(planeId, 100)
  expect(unverified).toBe(0)
  expect(total).toBeGreaterThan(8)
  expect(total).toBeLessThan(30)
  const kept = Array.from({ length: total }, (_, index) => `${39 - index}`)
  expect(entries.map(({ asked }) => asked?.text)).toEqual(kept)
  await one.forget(planeId)
  expect([file, older(file)].filter((path) => existsSync(path))).toEqual([])
})

it('is continued where a crash came between setting a file aside and the next line', async () => {
  const { record, file } = made(2_000)
  for (let index = 0; index < 4; index += 1) await record().write(planeId, search(`${index}`))
  renameSync(file, older(file))
  await record().write(planeId, search('after'))

  const { entries, unverified } = await record().read(planeId, 100)
  expect([unverified, entries.map(({ asked }) => asked?.text)]).toEqual([0, ['after', '3', '2', '1', '0']])
})

it.each<[string, (file: string) => void, number]>([
  ['the older file is deleted', (file) => rmSync(older(file)), 1],
  ['the newer file is deleted, and the older one is in its place', (file) => renameSync(older(file), file), 1],
  ['a line is taken out at the end of the older file', (file) => cut(older(file), (lines) => lines.slice(0, -1)), 1],
  ['the first line of the newer file is taken out', (file) => cut(file, (lines) => lines.slice(1)), 4],
])('it is noticed that %s', async (_, change, unverified) => {
  const { record, file } = made(2_000)
  let index = 0
  while (linesIn(older(file)) === 0 || linesIn(file) !== 4 || index < 16) {
    await record().write(planeId, search(`${index}`))
    index += 1
  }
  change(file)

  expect((await record().read(planeId, 100)).unverified).toBe(unverified)
})

function cut(file: string, change: (lines: string[]) => string[]): void {
  writeFileSync(file, change(readFileSync(file, 'utf8').split(/(?<=\n)/)).join(''))
}

const linesIn = (file: string): number => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0)
