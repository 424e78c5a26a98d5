import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

/** Editors and cloud tools write a file in several steps; one notification is enough. */
const debounceMs = 150
/** Network folders, and folders that do not exist yet, send no events: they are checked this often. */
const checkEveryMs = 2_000

/**
 * Calls `changed` when any of the files is written, replaced by rename, removed, or appears later, also in a folder
 * that does not exist yet. Watches folders, because a watch on a file follows the replaced file.
 * Returns once every folder is watched; stops with the signal.
 */
export async function watchFiles(files: readonly string[], changed: () => void, signal: AbortSignal): Promise<void> {
  const folders = Map.groupBy(files, dirname)
  const watchers = new Map<string, FSWatcher>()
  let marks = await marksOf(files)
  let timer: NodeJS.Timeout | undefined

  const scheduleCheck = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      void check()
    }, debounceMs)
  }
  const check = async () => {
    const now = await marksOf(files)
    const differs = now !== marks
    marks = now
    if (differs && !signal.aborted) changed()
  }
  const watchFolder = (folder: string, names: ReadonlySet<string>) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || names.has(name)) scheduleCheck()
      })
      watcher.on('error', () => {
        watcher.close()
        watchers.delete(folder)
      })
      watchers.set(folder, watcher)
    } catch {
      // The folder does not exist (yet), or this file system has no watches: the regular check covers it.
    }
  }
  const watchMissing = () => {
    for (const [folder, inside] of folders) {
      if (!watchers.has(folder)) watchFolder(folder, new Set(inside.map((file) => basename(file))))
    }
  }

  if (signal.aborted) return
  watchMissing()
  const interval = setInterval(() => {
    watchMissing()
    void check()
  }, checkEveryMs).unref()
  signal.addEventListener(
    'abort',
    () => {
      clearInterval(interval)
      clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
    },
    { once: true },
  )
}

/** Changes with a file: its inode, length and modification time. */
export async function marksOf(files: readonly string[]): Promise<string> {
  const marks = await Promise.all(
    files.map(async (file) => {
      try {
        const { ino, size, mtimeMs } = await stat(file)
        return `${ino} ${size} ${mtimeMs}`
      } catch {
        return 'none'
      }
    }),
  )
  return marks.join('\n')
}
