import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** When a file was last modified: milliseconds since the epoch, 0 where there is none. */
export async function modifiedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0
}

/** The latest modification of a file, or of any file below a folder: milliseconds since the epoch. */
export async function lastModified(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
  const times = await Promise.all(files.map((file) => modifiedAt(join(file.parentPath, file.name))))
  return Math.max(await modifiedAt(path), ...times)
}
