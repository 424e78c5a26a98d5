import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Problem } from '../../preload/contract/problem.ts'
import { Settings } from '../../preload/contract/settings.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'

export interface SettingsStore {
  get(): Promise<Settings>
  set(change: Partial<Settings>): Promise<Settings>
}

/** The user's settings. Without a file they have their defaults; an unreadable file is reported and not changed. */
export function createSettings(file: string): SettingsStore {
  const get = async (): Promise<Settings> => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{}'
      throw new Problem('FILE_UNREADABLE', `${file} cannot be read (${error.code ?? 'unknown'}).`)
    })
    try {
      return Settings.parse(JSON.parse(text))
    } catch (error) {
      throw new Problem('FILE_INVALID', `${file} does not contain valid settings.`, '', { cause: error })
    }
  }
  return {
    get,
    async set(change) {
      const settings = { ...(await get()), ...change }
      await makePrivateFolder(dirname(file))
      await writeAtomically(file, `${JSON.stringify(settings, undefined, 2)}\n`)
      return settings
    },
  }
}
