import { randomBytes } from 'node:crypto'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateFolder, syncFolder, writeAtomically } from '../lib/files.ts'
import type { Keychain } from './keychain.ts'

/**
 * Secrets in files of the owner (mode 0600), by account: the second part of a key that a passphrase protects. They are no
 * protection alone. Removing one makes every copy of a vault that was sealed with it useless.
 */
export function secretFiles(folder: string): Keychain {
  const fileOf = (account: string): string => join(folder, account)
  return {
    read: (account) =>
      readFile(fileOf(account), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      }),
    async write(account, secret) {
      await makePrivateFolder(folder)
      await writeAtomically(fileOf(account), secret)
    },
    async remove(account) {
      await overwrite(fileOf(account))
      await rm(fileOf(account), { force: true })
      await syncFolder(folder).catch(() => undefined) // the folder is missing if nothing was ever written
    },
  }
}

/** Best effort: a disk may keep former blocks of a file. */
async function overwrite(file: string): Promise<void> {
  const stats = await stat(file).catch(() => undefined)
  if (stats === undefined) return
  const handle = await open(file, 'r+')
  try {
    await handle.write(randomBytes(stats.size), 0, stats.size, 0)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
