import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSettings } from './settings.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-settings-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('settings', () => {
  it('have their defaults until the first change, and no file is written before', async () => {
    const settings = createSettings(join(folder, 'new', 'settings.json'))

    expect(await settings.get()).toEqual({
      theme: 'system',
      helm: 'bundled',
      kubeconfigs: [],
      notifications: true,
      vaultAutoLock: 'automatic',
      vaultIdleMinutes: 15,
      timeZone: 'local',
    })
    await expect(stat(join(folder, 'new'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('keep earlier choices after a change, in a file that only its owner can read', async () => {
    const file = join(folder, 'new', 'settings.json')
    await createSettings(file).set({ theme: 'dark' })
    await createSettings(file).set({ helm: 'path' })

    expect(await createSettings(file).get()).toEqual({
      theme: 'dark',
      helm: 'path',
      kubeconfigs: [],
      notifications: true,
      vaultAutoLock: 'automatic',
      vaultIdleMinutes: 15,
      timeZone: 'local',
    })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['is incomplete', '{"theme": "da'],
    ['has an unknown theme', '{"theme": "pink"}'],
    ['has an unknown field', '{"colour": "red"}'],
  ])('report a file that %s, and do not change it', async (_fault, text) => {
    const file = join(folder, 'settings.json')
    await writeFile(file, text)
    const settings = createSettings(file)

    await expect(settings.get()).rejects.toMatchObject({ code: 'FILE_INVALID', message: expect.stringContaining(file) })
    await expect(settings.set({ theme: 'dark' })).rejects.toMatchObject({ code: 'FILE_INVALID' })
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  it('report an unreadable file instead of using the defaults', async () => {
    const file = join(folder, 'settings.json')
    await mkdir(file)

    await expect(createSettings(file).get()).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })
})
