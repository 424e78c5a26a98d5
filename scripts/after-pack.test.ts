import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import { parse } from 'yaml'
import { unsetProgram } from '../test/electron/fuse-wire.ts'
import { wrongFuses } from './fuses.ts'

const root = join(import.meta.dirname, '..')

/** The hook that electron-builder.yml names, as electron-builder would load it. */
async function hook(): Promise<(context: object) => Promise<void>> {
  const { afterPack } = parse(await readFile(join(root, 'electron-builder.yml'), 'utf8'))
  if (typeof afterPack !== 'string') throw new Error('electron-builder.yml names no hook to set the fuses.')
  const { afterPack: run } = await import(pathToFileURL(join(root, afterPack)).href)
  return run
}

const programs = [
  ['linux', 'hangar', 'hangar'],
  ['win32', 'Hangar.exe', 'Hangar.exe'],
  ['darwin', 'Hangar.app', 'Hangar.app/Contents/Frameworks/Electron Framework.framework/Electron Framework'],
] as const

/** The stand-in for Apple's signing program is a script, which Windows does not run. */
const here = programs.filter(([platform]) => platform !== 'darwin' || process.platform !== 'win32')

it.each(here)('the packaged program for %s gets its fuses', async (electronPlatformName, program, binary) => {
  const appOutDir = await mkdtemp(join(tmpdir(), 'hangar-packed-'))
  onTestFinished(() => rm(appOutDir, { recursive: true }))
  await mkdir(dirname(join(appOutDir, binary)), { recursive: true })
  await writeFile(join(appOutDir, binary), unsetProgram())
  // Apple's signing program, which the fuses of a Mac's program need afterwards.
  const folder = join(appOutDir, 'programs')
  await mkdir(folder)
  await writeFile(join(folder, 'codesign'), '#!/bin/sh\nexit 0\n', { mode: 0o755 })
  vi.stubEnv('PATH', [folder, process.env.PATH].join(delimiter))
  onTestFinished(() => void vi.unstubAllEnvs())
  const packager = { appInfo: { productFilename: 'Hangar' }, config: { linux: { executableName: 'hangar' } } }

  await (await hook())({ appOutDir, electronPlatformName, packager })

  expect(await wrongFuses(join(appOutDir, program))).toEqual([])
})
