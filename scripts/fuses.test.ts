import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FuseV1Options } from '@electron/fuses'
import { expect, it, onTestFinished } from 'vitest'
import { fuseAt, unsetProgram } from '../test/electron/fuse-wire.ts'
import { setFuses, wrongFuses } from './fuses.ts'

async function program(count?: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-fuses-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'hangar')
  await writeFile(file, unsetProgram(count))
  return file
}

/** What docs/security-electron.md promises, written out again: the list in fuses.ts must not be its own proof. */
const promised: readonly (readonly [keyof typeof FuseV1Options, 'on' | 'off'])[] = [
  ['RunAsNode', 'off'],
  ['EnableCookieEncryption', 'on'],
  ['EnableNodeOptionsEnvironmentVariable', 'off'],
  ['EnableNodeCliInspectArguments', 'off'],
  ['EnableEmbeddedAsarIntegrityValidation', 'on'],
  ['OnlyLoadAppFromAsar', 'on'],
  ['LoadBrowserProcessSpecificV8Snapshot', 'off'],
  ['GrantFileProtocolExtraPrivileges', 'off'],
  ['WasmTrapHandlers', 'on'],
]

it.each(promised)('the fuse %s of a packaged program is %s', async (name, state) => {
  const file = await program()

  await setFuses(file, 'linux')

  const bytes = await readFile(file)
  expect(String.fromCharCode(bytes[fuseAt(bytes, FuseV1Options[name])] ?? 0)).toBe(state === 'on' ? '1' : '0')
})

it('every fuse that Electron has is promised', () => {
  expect(promised.map(([name]) => name)).toEqual(Object.keys(FuseV1Options).filter((name) => !/^\d+$/.test(name)))
})

it('reports the fuses as Electron ships them, and nothing once all are set', async () => {
  const file = await program()
  expect(await wrongFuses(file)).toContain('RunAsNode should be off and is 1.')

  await setFuses(file, 'linux')

  expect(await wrongFuses(file)).toEqual([])
})

it('reports a single fuse that was reset', async () => {
  const file = await program()
  await setFuses(file, 'linux')
  const bytes = await readFile(file)
  bytes[fuseAt(bytes, FuseV1Options.OnlyLoadAppFromAsar)] = 0x30
  await writeFile(file, bytes)

  expect(await wrongFuses(file)).toEqual(['OnlyLoadAppFromAsar should be on and is 0.'])
})

it('changes nothing in a program with an unlisted fuse', async () => {
  const file = await program(10)

  await expect(setFuses(file, 'linux')).rejects.toThrow()
})
