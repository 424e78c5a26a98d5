import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openTemporary, type TemporaryFolder } from '../lib/files.ts'

/** How each system opens a file with the person's browser. */
const openers: Partial<Record<NodeJS.Platform, readonly [program: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/**
 * Opens an address with the system's browser by way of a page that only this user can read: in the arguments of a
 * process everybody on the machine could read the token. Where there is no browser, the person has the printed address.
 * The caller removes the folder when the address no longer matters.
 */
export async function openInBrowser(address: string, temporary: string): Promise<TemporaryFolder> {
  const folder = await openTemporary(temporary)
  const page = join(folder.path, 'open.html')
  const html = `<!doctype html><meta charset="utf-8"><title>Hangar</title><meta http-equiv="refresh" content="0;url=${address}">`
  await writeFile(page, html, { mode: 0o600 })
  const [program, ...args] = openers[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...args, pathToFileURL(page).href], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined) // no such program on this machine
  child.unref()
  return folder
}
