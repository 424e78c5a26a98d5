import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { RecordedEntry } from '../../preload/contract/activity.ts'
import { recordKey } from '../lib/signed-lines.ts'
import { createDayFiles, type DayFiles } from './day-files.ts'

const plane = '0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'
const other = '6a1d2c3b-9e8f-4a7b-8c6d-5e4f3a2b1c0d'
const entry = (id: string, at = '2026-03-01T12:00:00Z'): RecordedEntry => ({
  kind: 'cluster',
  id,
  at,
  planeId: plane,
  outcome: 'ok',
  reachable: true,
  code: '',
  message: '',
})

let home: string
let files: DayFiles
let nowMs: number
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hangar-activity-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  nowMs = Date.parse('2026-03-01T13:00:00Z')
  files = open()
})
const open = () => createDayFiles(join(home, 'activity'), recordKey(home), { days: 90, entriesADay: 3 }, () => nowMs)
async function append(...added: string[]): Promise<boolean[]> {
  const appended: boolean[] = []
  for (const id of added) appended.push(await files.append(plane, entry(id)))
  return appended
}
const fileOf = (subject: string, name: string) => join(home, 'activity', subject, name)
const ids = async (of = files, subject = plane) => (await of.read(subject)).entries.map(({ id }) => id)

describe('records of activity', () => {
  it('are read in their order, also by another process', async () => {
    await append('a', 'b')
    await open().append(plane, entry('c'))
    expect([await ids(), await ids(open())]).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ])
  })

  it('that two writers append at once are all there', async () => {
    const second = open()
    await Promise.all([
      files.append(plane, entry('a')),
      second.append(plane, entry('b')),
      files.append(plane, entry('c')),
    ])
    expect((await ids()).toSorted()).toEqual(['a', 'b', 'c'])
  })

  it('after a changed one are left out, and the rest of the day is recorded beside it', async () => {
    await append('a', 'b', 'c')
    const file = fileOf(plane, '2026-03-01.jsonl')
    const changed = readFileSync(file, 'utf8').replace('"b"', '"x"')
    writeFileSync(file, changed)
    expect(await open().read(plane)).toMatchObject({ entries: [{ id: 'a' }], unverifiedDays: 1 })

    await open().append(plane, entry('d'))
    expect(await open().read(plane)).toMatchObject({ entries: [{ id: 'a' }, { id: 'd' }], unverifiedDays: 1 })
    expect(readFileSync(fileOf(plane, '2026-03-01.changed.jsonl'), 'utf8')).toBe(changed)
  })

  it.each([
    ['another plane', other, '2026-03-01.jsonl'],
    ['another day', plane, '2026-02-28.jsonl'],
  ])('that were copied to %s say nothing there', async (_, subject, name) => {
    await files.append(plane, entry('a'))
    await files.append(other, { ...entry('own'), planeId: other })
    writeFileSync(fileOf(subject, name), readFileSync(fileOf(plane, '2026-03-01.jsonl')))
    const { entries, unverifiedDays } = await open().read(subject)
    expect([entries.map(({ id }) => id), unverifiedDays]).toEqual([subject === plane ? ['a'] : [], 1])
  })

  it('are kept for 90 days', async () => {
    await files.append(plane, entry('old', '2025-11-01T12:00:00Z'))
    await files.append(plane, entry('last', '2025-12-02T12:00:00Z'))
    expect(await ids()).toEqual(['last'])
    await files.append(plane, entry('new'))
    expect(readdirSync(join(home, 'activity', plane))).toEqual(['2025-12-02.jsonl', '2026-03-01.jsonl'])
  })

  it('are bounded a day, and a full day is reported', async () => {
    expect(await append('a', 'b')).toEqual([true, true])
    expect(await files.read(plane)).toMatchObject({ fullDays: 0 })
    expect(await append('c', 'd')).toEqual([true, false])
    expect(await files.read(plane)).toMatchObject({ entries: [{}, {}, {}], fullDays: 1 })
  })

  it('that are known are not recorded again', async () => {
    expect(await files.append(plane, entry('a'))).toBe(true)
    expect(await files.append(plane, entry('b'), (ofDay) => ofDay.at(-1)?.id === 'a')).toBe(false)
    expect(await ids()).toEqual(['a'])
  })

  it('of a removed plane are removed', async () => {
    await files.append(plane, entry('a'))
    await files.remove(plane)
    expect(await ids()).toEqual([])
  })
})
