import { randomBytes } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { access, chmod, lstat, mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isRunning, type ProcessId, processId } from './process-id.ts'

/** Creates the folder and those above it, readable by the owner only. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
}

/** Whether something with this path exists. */
export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

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
  const draft = join(dirname(file), `.${basename(file)}.${ownerName()}.${randomBytes(6).toString('hex')}.draft`)
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

/** This process in the name of a file or folder: `PID.START`, with the start time in hexadecimal. */
function ownerName(): string {
  // Once: where there is no /proc, it runs a program.
  ownId ??= processId(process.pid)
  const { pid, started } = ownId
  return `${pid}.${Buffer.from(started).toString('hex')}`
}
let ownId: ProcessId | undefined

const isOrphaned = (pid: string, started: string): boolean =>
  !isRunning({ pid: Number(pid), started: Buffer.from(started, 'hex').toString() })

const draftPattern = /^\..+\.(\d+)\.([0-9a-f]*)\.[0-9a-f]{12}\.draft$/
/** What Hangar 0.1 left does not name its owner: no write and no download takes this long. */
const unownedAfterMs = 3_600_000
const unownedPattern = /^\..+\.[0-9a-f]{12}\.draft$|^\.draft-\w{6}$/

/**
 * Removes the drafts whose process was killed while it wrote them, from the folder and from those in it, except those with
 * one of the names. Called once at the start.
 */
export async function sweepDrafts(folder: string, except: readonly string[] = []): Promise<void> {
  for (const entry of await entriesIn(folder)) {
    const path = join(folder, entry.name)
    const [, pid, started = ''] = draftPattern.exec(entry.name) ?? []
    const orphaned =
      pid === undefined ? unownedPattern.test(entry.name) && (await isOld(path)) : isOrphaned(pid, started)
    if (orphaned) await rm(path, { recursive: true, force: true })
    else if (entry.isDirectory() && !except.includes(entry.name)) await sweepDrafts(path)
  }
}

async function isOld(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined)
  return stats !== undefined && Date.now() - stats.mtimeMs > unownedAfterMs
}

/** Empty for a folder that does not exist, or not any more. */
const entriesIn = (folder: string): Promise<Dirent[]> =>
  readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })

export interface TemporaryFolder {
  readonly path: string
  remove(): Promise<void>
}

/** A 0700 folder under `parent` whose name has the id of this process, so that `sweepTemporary` recognizes an orphaned one. */
export async function openTemporary(parent: string): Promise<TemporaryFolder> {
  await makePrivateFolder(parent)
  const path = await mkdtemp(join(parent, `${ownerName()}.`))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Removes the folders under `parent` whose process no longer runs. Called once at the start. */
export async function sweepTemporary(parent: string): Promise<void> {
  for (const { name } of await entriesIn(parent)) {
    const [, pid, started = ''] = /^(\d+)\.([0-9a-f]*)\./.exec(name) ?? []
    if (pid === undefined || !isOrphaned(pid, started)) continue
    await rm(join(parent, name), { recursive: true, force: true })
  }
}

/** Why the system refused a file; undefined for an error that is not the system's. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return undefined
  const code = String(error.code)
  return reasons[code] ?? code
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
}
