import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isRunning, processId } from './process-id.ts'

/** Creates the folder and those above it, readable by the owner only. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
}

/** On POSIX, a rename is durable only once the folder is synced; Windows cannot open a folder and does not need it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Replaces a file as a whole (mode 0600): after a crash it is the old or the new one, never a part.
 * Its folder must exist.
 */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.draft`)
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(dirname(file))
}

export interface TemporaryFolder {
  readonly path: string
  remove(): Promise<void>
}

/** A 0700 folder under `parent` whose name has the id of this process, so that `sweepTemporary` recognizes an orphaned one. */
export async function openTemporary(parent: string): Promise<TemporaryFolder> {
  await makePrivateFolder(parent)
  const { pid, started } = processId(process.pid)
  const path = await mkdtemp(join(parent, `${pid}.${Buffer.from(started).toString('hex')}.`))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Removes the folders under `parent` whose process no longer runs. Called once at the start. */
export async function sweepTemporary(parent: string): Promise<void> {
  const names = await readdir(parent).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  for (const name of names) {
    const [, pid, started = ''] = /^(\d+)\.([0-9a-f]*)\./.exec(name) ?? []
    if (pid === undefined) continue
    if (isRunning({ pid: Number(pid), started: Buffer.from(started, 'hex').toString() })) continue
    await rm(join(parent, name), { recursive: true, force: true })
  }
}
