import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openTemporary, type TemporaryFolder } from '../lib/files.ts'
import { findProgram } from '../lib/kubernetes/find-program.ts'

/** The program with which each system opens a file in the default browser; undefined if it has none. */
async function opener(): Promise<readonly [program: string, ...args: string[]] | undefined> {
  const { platform, env } = process
  if (platform === 'darwin') return ['/usr/bin/open']
  if (platform === 'win32')
    return [join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'rundll32.exe'), 'url.dll,FileProtocolHandler']
  // Not in relative folders of the PATH: the owner of the current folder would choose the program.
  const found = await findProgram('xdg-open', env)
  return found && [found.path]
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
  const [program, ...args] = (await opener()) ?? []
  if (program === undefined) return folder
  const child = spawn(program, [...args, pathToFileURL(page).href], { stdio: 'ignore', detached: true })
  child.on('error', () => undefined) // it cannot be started
  child.unref()
  return folder
}
