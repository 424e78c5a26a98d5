import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

/** Editors and cloud tools write a file in several steps; one notice is enough. */
const debounceMs = 150
/** Network folders, and folders that do not exist yet, tell nothing: they are looked at this often. */
const lookEveryMs = 2_000

/**
 * Calls `changed` when any of the files is written, replaced by rename, removed, or appears later, also in a folder
 * that does not exist yet. Watches folders, as a watch on a file stays with the one that was replaced.
 * Returns once every folder is watched; stops with the signal.
 */
export async function watchFiles(files: readonly string[], changed: () => void, signal: AbortSignal): Promise<void> {
  const folders = Map.groupBy(files, dirname)
  const watchers = new Map<string, FSWatcher>()
  let marks = await marksOf(files)
  let timer: NodeJS.Timeout | undefined

  const notice = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      void look()
    }, debounceMs)
  }
  const look = async () => {
    const now = await marksOf(files)
    const differs = now !== marks
    marks = now
    if (differs && !signal.aborted) changed()
  }
  const watchFolder = (folder: string, names: ReadonlySet<string>) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || names.has(name)) notice()
      })
      watcher.on('error', () => {
        watcher.close()
        watchers.delete(folder)
      })
      watchers.set(folder, watcher)
    } catch {
      // The folder is not there (yet), or this file system has no watches: the regular look finds out.
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
    void look()
  }, lookEveryMs).unref()
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

/** What changes with a file: which one it is, its length, and when it was written. */
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
