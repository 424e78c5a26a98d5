import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { findSecrets, type Leak } from './search.ts'

/** Paths of all files in a folder and its subfolders, relative to it. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
}

/** The secrets in a folder's files and in their names. */
export async function findInFolder(folder: string, secrets: readonly string[]): Promise<Leak[]> {
  const leaks: Leak[] = []
  for (const name of await filesIn(folder)) {
    leaks.push(...findSecrets(Buffer.from(name), `name of ${name}`, secrets))
    leaks.push(...findSecrets(await readFile(join(folder, name)), name, secrets))
  }
  return leaks
}
