import { join } from 'node:path'

/** Equal to the version in package.json (a test checks it), so that no host needs to read the file. */
export const version = '0.1.0'

/**
 * The state folder: HANGAR_HOME, or the platform's default
 * (XDG Base Directory Specification; Apple's Application Support; Windows' roaming AppData).
 */
export function homeFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform, userFolder: string): string {
  const { HANGAR_HOME, XDG_DATA_HOME, APPDATA } = environment
  if (HANGAR_HOME) return HANGAR_HOME
  if (platform === 'darwin') return join(userFolder, 'Library', 'Application Support', 'Hangar')
  if (platform === 'win32') return join(APPDATA || join(userFolder, 'AppData', 'Roaming'), 'Hangar')
  return join(XDG_DATA_HOME || join(userFolder, '.local', 'share'), 'hangar')
}
