import { Problem } from '../../../preload/contract/problem.ts'
import type { Bookmark } from '../store/bookmark.ts'

/** What the log of `previous=true` holds. */
export interface PreviousLog {
  /** Its file; undefined where it has no line. */
  readonly file: string | undefined
  readonly lastNs: bigint | undefined
  readonly hasBookmark: boolean
}

/**
 * What happened to a container whose last stored line is not in the current log.
 * - `restarted`: the rest of the previous log is new, and then the current one. Nothing is missing.
 * - `rotated`: the current log is new. What was written to the older file since the last stored line is missing.
 * - `replaced`: the previous log is an unread one. Before it, lines are missing; it is new, and then the current one.
 * - `unclear`: the answers contradict each other, as after a connection that was cut. They are read again.
 */
export type Course = 'restarted' | 'rotated' | 'replaced' | 'unclear'

/**
 * No answer of the API names the instance that a log belongs to, the pod's status lags, and clocks are set back. But the
 * first line identifies a file. `previous` is undefined where it cannot be read.
 */
export function courseOf(bookmark: Bookmark, previous: PreviousLog | undefined, currentFile?: string): Course {
  // The file of the last stored line must have that line.
  if (currentFile !== undefined && currentFile === bookmark.file) return 'unclear'
  if (previous?.hasBookmark) return 'restarted'
  if (previous?.file === undefined) return 'rotated'
  if (previous.file === bookmark.file) return 'unclear'
  if (previous.file === bookmark.previousFile) return 'rotated'
  // An earlier version did not record the previous file.
  const isOlder = bookmark.previousFile === undefined && (previous.lastNs ?? 0n) <= bookmark.ns
  return isOlder ? 'rotated' : 'replaced'
}

/** What a round ends with that has met it: the next one reads again. */
export const unclearCourse = (): Problem =>
  new Problem('CLUSTER_UNREACHABLE', 'The log was interrupted, and is read again.', 'GET pods/log')
