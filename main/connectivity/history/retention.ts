import type { RunEntry } from '../../../preload/contract/connectivity.ts'

/** How much is stored for a plane. */
export interface Limits {
  readonly runs: number
  readonly bytes: number
}

/** A saved run, as far as retention needs it. */
export interface SavedRun {
  /** File names sort by the start of the run. */
  readonly file: string
  readonly bytes: number
  readonly by: RunEntry['by']
  /** Equal if all verdicts and causes are equal; undefined: the file is damaged. */
  readonly fingerprint: string | undefined
}

/**
 * The files to remove so that the rest is within the limits: first damaged files, then scheduled runs with the same verdicts
 * and causes as the runs before and after them, then the oldest. The newest run is never removed. Pure.
 */
export function toRemove(saved: readonly SavedRun[], { runs, bytes }: Limits): readonly string[] {
  const oldestFirst = saved.toSorted((a, b) => (a.file < b.file ? -1 : 1))
  const newest = oldestFirst.findLast(({ fingerprint }) => fingerprint !== undefined)
  const order = [
    ...oldestFirst.filter(({ fingerprint }) => fingerprint === undefined),
    ...redundant(oldestFirst),
    ...oldestFirst,
  ]
  let [count, size] = [saved.length, saved.reduce((sum, each) => sum + each.bytes, 0)]
  const removed = new Set<SavedRun>()
  for (const run of order) {
    if (count <= runs && size <= bytes) break
    if (run === newest || removed.has(run)) continue
    removed.add(run)
    count -= 1
    size -= run.bytes
  }
  return [...removed].map(({ file }) => file)
}

/** In each sequence of equal scheduled runs, all but the first and the last. */
function redundant(oldestFirst: readonly SavedRun[]): readonly SavedRun[] {
  const scheduled = oldestFirst.filter(({ by, fingerprint }) => by === 'watch' && fingerprint !== undefined)
  return scheduled.filter(
    ({ fingerprint }, index) =>
      scheduled[index - 1]?.fingerprint === fingerprint && scheduled[index + 1]?.fingerprint === fingerprint,
  )
}
