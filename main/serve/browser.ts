import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openTemporary, type TemporaryFolder } from '../lib/files.ts'

/** The program with which each system opens a file in the default browser. */
const openers: Partial<Record<NodeJS.Platform, readonly [program: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/**
 * Opens an address in the system's browser through a page that only this user can read: every user of the machine could
 * read the token in the arguments of a process. Without a browser the printed address remains.
 * The caller removes the folder once the address has been used.
 */
export async function openInBrowser(address: string, temporary: string): Promise<TemporaryFolder> {
  const folder = await openTemporary(temporary)
  const page = join(folder.path, 'open.html')
  const html = `<!doctype html><meta charset="utf-8"><title>Hangar</title><meta http-equiv="refresh" content="0;url=${address}">`
  await writeFile(page, html, { mode: 0o600 })
  const [program, ...args] = openers[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...args, pathToFileURL(page).href], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined) // there is no such program on this machine
  child.unref()
  return folder
}
