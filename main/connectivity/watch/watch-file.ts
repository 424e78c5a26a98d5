import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Watch, WatchState } from '../../../preload/contract/connectivity.ts'
import { Timestamp } from '../../../preload/contract/words.ts'
import { makePrivateFolder, writeAtomically } from '../../lib/files.ts'
import { withLock } from '../../lib/lock.ts'
import { planeFolder } from '../history/history.ts'
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

const fileOf = (home: string, planeId: string): string => join(planeFolder(home, planeId), 'watch.json')

/** Undefined if the plane has no schedule or its file is damaged. */
export async function readWatch(home: string, planeId: string): Promise<WatchFile | undefined> {
  const text = await readFile(fileOf(home, planeId), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return WatchFile.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Writes the file, or removes it if `next` returns undefined. */
export async function setWatch(
  home: string,
  planeId: string,
  next: (before: WatchFile | undefined) => WatchFile | undefined,
): Promise<WatchFile | undefined> {
  await makePrivateFolder(join(home, 'connectivity'))
  await makePrivateFolder(planeFolder(home, planeId))
  return locked(home, planeId, async () => {
    const file = next(await readWatch(home, planeId))
    if (file === undefined) await rm(fileOf(home, planeId), { force: true })
    else await writeAtomically(fileOf(home, planeId), JSON.stringify(file))
    return file
  })
}

/** Changes the file if it exists and `next` returns a new content. Resolves with whether it changed. */
export async function updateWatch(
  home: string,
  planeId: string,
  next: (before: WatchFile) => WatchFile | undefined,
): Promise<boolean> {
  // The lock would create the folder of a removed plane again.
  if ((await readWatch(home, planeId)) === undefined) return false
  return locked(home, planeId, async () => {
    const before = await readWatch(home, planeId)
    const after = before === undefined ? undefined : next(before)
    if (after === undefined) return false
    await writeAtomically(fileOf(home, planeId), JSON.stringify(after))
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
