import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Watch, WatchState } from '../../../preload/contract/connectivity.ts'
import { Timestamp } from '../../../preload/contract/words.ts'
import { makePrivateFolder, writeAtomically } from '../../lib/files.ts'
import { withLock } from '../../lib/lock.ts'
import { LineChain, readSignedLines, recordKey, unsignedValue } from '../../lib/signed-lines.ts'
import { planeFolder } from '../history/plane-history.ts'
import { changeFromVersion1 } from '../history/version-1.ts'

/** The file of a plane's schedule. It survives a restart, and several hosts share it. */
export const WatchFile = z.strictObject({
  watch: Watch,
  lastAt: Timestamp.nullable(),
  nextAt: Timestamp,
  changes: z.preprocess(
    (changes) => (Array.isArray(changes) ? changes.map(changeFromVersion1) : changes),
    WatchState.shape.changes,
  ),
  problem: z.string(),
})
export type WatchFile = z.infer<typeof WatchFile>

/** A schedule as it was read. */
export interface SavedWatch {
  readonly file: WatchFile
  /** False: this installation did not write it as it is. It is shown and not followed. */
  readonly verified: boolean
}

const fileOf = (home: string, planeId: string): string => join(planeFolder(home, planeId), 'watch.json')

/** A file is bound to its plane. */
const chainOf = async (home: string, planeId: string): Promise<LineChain> =>
  new LineChain(await recordKey(home)(), ['watch', planeId])

/** Undefined if the plane has no schedule or its file is damaged. */
export async function readWatch(home: string, planeId: string): Promise<SavedWatch | undefined> {
  try {
    const { lines, verified } = await readSignedLines(fileOf(home, planeId), await chainOf(home, planeId))
    return { file: WatchFile.parse(unsignedValue(lines[0] ?? '')), verified }
  } catch {
    return undefined
  }
}

async function writeWatch(home: string, planeId: string, file: WatchFile): Promise<void> {
  await writeAtomically(fileOf(home, planeId), `${(await chainOf(home, planeId)).sign(file)}\n`)
}

const readVerified = async (home: string, planeId: string): Promise<WatchFile | undefined> => {
  const saved = await readWatch(home, planeId)
  return saved?.verified ? saved.file : undefined
}

/** Writes the file, or removes it if `next` returns undefined. A file that does not verify is replaced like none. */
export async function setWatch(
  home: string,
  planeId: string,
  next: (before: WatchFile | undefined) => WatchFile | undefined,
): Promise<SavedWatch | undefined> {
  await makePrivateFolder(join(home, 'connectivity'))
  await makePrivateFolder(planeFolder(home, planeId))
  return locked(home, planeId, async () => {
    const file = next(await readVerified(home, planeId))
    if (file === undefined) await rm(fileOf(home, planeId), { force: true })
    else await writeWatch(home, planeId, file)
    return file && { file, verified: true }
  })
}

/** Changes the file if it exists, verifies, and `next` returns a new content. Resolves with whether it changed. */
export async function updateWatch(
  home: string,
  planeId: string,
  next: (before: WatchFile) => WatchFile | undefined,
): Promise<boolean> {
  // The lock would create the folder of a removed plane again.
  if ((await readVerified(home, planeId)) === undefined) return false
  return locked(home, planeId, async () => {
    const before = await readVerified(home, planeId)
    const after = before === undefined ? undefined : next(before)
    if (after === undefined) return false
    await writeWatch(home, planeId, after)
    return true
  })
}

const locked = <T>(home: string, planeId: string, action: () => Promise<T>): Promise<T> =>
  withLock(join(planeFolder(home, planeId), 'watch.lock'), action)

/** The planes that have a schedule. */
export async function watchedPlanes(home: string): Promise<readonly string[]> {
  const all = await readdir(join(home, 'connectivity')).catch(() => [])
  const planes = all.filter((name) => z.uuid().safeParse(name).success)
  const files = await Promise.all(planes.map((planeId) => readWatch(home, planeId)))
  return planes.filter((_planeId, index) => files[index] !== undefined)
}
