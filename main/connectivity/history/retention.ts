import type { RunEntry } from '../../../preload/contract/connectivity.ts'

/** How much is stored for a plane. */
export interface Limits {
  readonly runs: number
  readonly bytes: number
}

/** A saved run, as far as retention needs it. */
export interface KeptRun {
  /** Sorts by when the run began. */
  readonly file: string
  readonly bytes: number
  readonly by: RunEntry['by']
  /** Equal where verdicts and causes are; undefined: the file is damaged. */
  readonly fingerprint: string | undefined
}

/**
 * The files to remove, so that the rest keeps to the limits. First what cannot be read any more; then runs of a schedule that
 * say what those before and after them say; then the oldest. The newest run stays, however large. Pure.
 */
export function toRemove(kept: readonly KeptRun[], { runs, bytes }: Limits): readonly string[] {
  const oldestFirst = kept.toSorted((one, other) => (one.file < other.file ? -1 : 1))
  const newest = oldestFirst.findLast(({ fingerprint }) => fingerprint !== undefined)
  const order = [
    ...oldestFirst.filter(({ fingerprint }) => fingerprint === undefined),
    ...sayNothingNew(oldestFirst),
    ...oldestFirst,
  ]
  let [count, size] = [kept.length, kept.reduce((sum, each) => sum + each.bytes, 0)]
  const removed = new Set<KeptRun>()
  for (const run of order) {
    if (count <= runs && size <= bytes) break
    if (run === newest || removed.has(run)) continue
    removed.add(run)
    count -= 1
    size -= run.bytes
  }
  return [...removed].map(({ file }) => file)
}

/** Of each row of scheduled runs that say the same, all but the first and the last. */
function sayNothingNew(oldestFirst: readonly KeptRun[]): readonly KeptRun[] {
  const scheduled = oldestFirst.filter(({ by, fingerprint }) => by === 'watch' && fingerprint !== undefined)
  return scheduled.filter(
    ({ fingerprint }, index) =>
      scheduled[index - 1]?.fingerprint === fingerprint && scheduled[index + 1]?.fingerprint === fingerprint,
  )
}
