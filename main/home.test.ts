import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { homeFolder, version } from './home.ts'

const packageFile = join(import.meta.dirname, '..', 'package.json')

it('has the version of the package', async () => {
  const { version: packaged } = JSON.parse(await readFile(packageFile, 'utf8'))
  expect(version).toBe(packaged)
})

it('is never published by accident: the name on the npm registry is not reserved', async () => {
  expect(JSON.parse(await readFile(packageFile, 'utf8'))).toMatchObject({ private: true })
})

it.each([
  ['Linux', {}, 'linux', '/home/me/.local/share/hangar'],
  ['Linux with a data folder of its own', { XDG_DATA_HOME: '/data' }, 'linux', '/data/hangar'],
  ['macOS', {}, 'darwin', '/home/me/Library/Application Support/Hangar'],
  [
    'macOS, where XDG means nothing',
    { XDG_DATA_HOME: '/data' },
    'darwin',
    '/home/me/Library/Application Support/Hangar',
  ],
  ['HANGAR_HOME on Linux', { HANGAR_HOME: '/mine', XDG_DATA_HOME: '/data' }, 'linux', '/mine'],
  ['HANGAR_HOME on macOS', { HANGAR_HOME: '/mine' }, 'darwin', '/mine'],
  ['an empty HANGAR_HOME', { HANGAR_HOME: '' }, 'linux', '/home/me/.local/share/hangar'],
] as const)('keeps state where it belongs: %s', (_where, environment, platform, folder) => {
  expect(homeFolder(environment, platform, '/home/me')).toBe(folder)
})
