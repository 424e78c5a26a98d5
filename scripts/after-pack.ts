import { join } from 'node:path'
import type { AfterPackContext } from 'electron-builder'
import { setFuses } from './fuses.ts'

/** Runs when the app's folder is complete, before it is signed and packaged. */
export async function afterPack({ appOutDir, electronPlatformName, packager }: AfterPackContext): Promise<void> {
  const { productFilename } = packager.appInfo
  const names: Readonly<Record<string, string>> = {
    darwin: `${productFilename}.app`,
    win32: `${productFilename}.exe`,
    linux: packager.config.linux?.executableName ?? productFilename,
  }
  const name = names[electronPlatformName]
  if (name === undefined) throw new Error(`There is no package for ${electronPlatformName}.`)
  await setFuses(join(appOutDir, name), electronPlatformName)
}
