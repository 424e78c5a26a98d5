import { join } from 'node:path'

/** Of package.json; a test keeps them equal. Kept here so that no host reads a file to know it. */
export const version = '0.1.0'

/**
 * Where everything that Hangar keeps lives: HANGAR_HOME, else the platform's own place
 * (XDG Base Directory Specification; Apple's Application Support; Windows' roaming AppData).
 */
export function homeFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform, userFolder: string): string {
  const { HANGAR_HOME, XDG_DATA_HOME, APPDATA } = environment
  if (HANGAR_HOME) return HANGAR_HOME
  if (platform === 'darwin') return join(userFolder, 'Library', 'Application Support', 'Hangar')
  if (platform === 'win32') return join(APPDATA || join(userFolder, 'AppData', 'Roaming'), 'Hangar')
  return join(XDG_DATA_HOME || join(userFolder, '.local', 'share'), 'hangar')
}
