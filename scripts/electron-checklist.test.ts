import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FuseV1Options } from '@electron/fuses'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fuseAt, unsetProgram } from '../test/electron/fuse-wire.ts'
import { setFuses } from './fuses.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const page = read('docs/security-electron.md')

/** The cells of the tables' rows whose first cell matches. */
const rows = (first: RegExp): string[][] =>
  page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
    .filter(([cell = '']) => first.test(cell))

const checklist = rows(/^\d+$/).map(([number = '', item = '', state = '', tests = '']) => ({
  number,
  item,
  state,
  tests,
}))

describe("Electron's checklist in the documentation", () => {
  it('has its 20 items, all met', () => {
    expect(checklist.map(({ number }) => Number(number))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(checklist.filter(({ state }) => !state.startsWith('Met')).map(({ item }) => item)).toEqual([])
  })

  it.each(checklist)('item $number names tests that exist', ({ tests }) => {
    const named = [...tests.matchAll(/`([^`]+\.test\.ts)` "([^"]+)"/g)]

    expect(named.length).toBeGreaterThan(0)
    for (const [, file = '', title = ''] of named) expect(read(file)).toContain(title)
  })
})

it('every fuse is in the documentation with the state that a package has', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-fuses-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'hangar')
  await writeFile(file, unsetProgram())
  await setFuses(file, 'linux')
  const bytes = await readFile(file)
  const names = Object.keys(FuseV1Options).filter((name): name is keyof typeof FuseV1Options => !/^\d+$/.test(name))

  const documented = rows(/^`[A-Z]\w+`$/).filter(([, state]) => state === 'on' || state === 'off')
  const packaged = names.map((name) => [
    `\`${name}\``,
    bytes[fuseAt(bytes, FuseV1Options[name])] === 0x31 ? 'on' : 'off',
  ])

  expect(documented.map(([name, state]) => [name, state])).toEqual(packaged)
})
