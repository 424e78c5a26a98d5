import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The path of Electron's program in this checkout, or undefined. Electron's module is not imported, because it would
 * download the program; the files of its installer are read instead.
 */
export function electronBinary(root: string): string | undefined {
  const electron = join(root, 'node_modules', 'electron')
  const pathFile = join(electron, 'path.txt')
  if (!existsSync(pathFile)) return undefined
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(electron, 'dist')
  const binary = join(folder, readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}
