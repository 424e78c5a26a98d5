import type { StreamLine } from '../parse/join.ts'
import type { Bookmark } from '../store/bookmark.ts'
import { advance, type Position, Resume } from './resume.ts'

/** What to store next, in order. `restarts` is the restart count of the instance that wrote the line, at least. */
export type Entry =
  | { readonly kind: 'line'; readonly line: StreamLine; readonly restarts: number }
  /** Lines of this time can no longer be read. Nanoseconds since 1970. */
  | { readonly kind: 'gap'; readonly fromNs: bigint; readonly toNs: bigint }
  /** The instance that wrote the last line has ended, and its log was read to the end. */
  | { readonly kind: 'end'; readonly restarts: number }

/** How far the log of a container has been read. */
export interface Progress {
  readonly bookmark: Bookmark
  /** The instance that wrote the last line has ended, and its log was read to the end. */
  readonly ended: boolean
}

/** What the API offers of a container's log at one moment. Both logs begin at the same time. */
export interface ContainerLogs {
  /**
   * `restartCount` of the pod's status, read before `current` was opened. The kubelet serves a new instance's log
   * before the API server has its status: the true count may be higher, never lower.
   */
  readonly restarts: number
  /** The log that is followed; open, so that the kubelet has chosen the instance. */
  readonly current: AsyncIterable<StreamLine>
  /** The log of `previous=true`. Empty where there is none. In CrashLoopBackOff it is the same log as `current`. */
  previous(): AsyncIterable<StreamLine>
}

/**
 * The new lines of a container, each once and in order. No answer of the API names the instance that a log belongs to,
 * and the status lags. So the last stored line is looked up: first in the current log, then in the previous one.
 * - In the current log: the same instance continues.
 * - In the previous log: the container has restarted. The rest of the previous log comes before the current one.
 * - In neither: lines are missing, unless that line's instance is known to have ended and the next one is served. What
 *   is newer than the last stored line is new.
 */
export async function* continueLog(progress: Progress | undefined, logs: ContainerLogs): AsyncGenerator<Entry> {
  const { restarts, current } = logs
  if (progress === undefined) {
    yield* readAll(current, restarts)
    return
  }
  const { bookmark, ended } = progress
  const next = bookmark.restarts + 1
  const consecutive = ended && restarts === next
  // Not only at the first line of a new instance: that may print nothing for hours.
  let previous: Previous = restarts >= next && !consecutive ? yield* readPrevious(progress, logs) : 'unread'
  let resume: Resume | undefined
  let first: StreamLine | undefined
  let lines = 0
  const restartsOfCurrent = (): number => Math.max(restarts, typeof previous === 'string' ? bookmark.restarts : next)

  for await (const line of current) {
    first ??= line
    resume ??= resumeCurrent(bookmark, previous, first)
    if (!resume.isNew(line)) continue
    if (lines === 0 && !resume.found) {
      if (previous === 'unread') {
        previous = yield* readPrevious(progress, logs)
        resume = resumeCurrent(bookmark, previous, first)
        if (!resume.isNew(line)) continue
      }
      if (previous === 'unrelated' && !consecutive) yield gap(bookmark, line)
    }
    lines += 1
    yield { kind: 'line', line, restarts: restartsOfCurrent() }
  }
  if (lines > 0 || resume?.found) yield { kind: 'end', restarts: restartsOfCurrent() }
}

/** A previous log is `unrelated` when it neither has the last stored line nor is newer. */
type Previous = 'unread' | 'unrelated' | { readonly first: StreamLine; readonly last: Position }

async function* readPrevious(
  { bookmark, ended }: Progress,
  { restarts, previous }: ContainerLogs,
): AsyncGenerator<Entry, Previous> {
  const next = bookmark.restarts + 1
  const resume = new Resume(bookmark)
  // At most one restart lies between the two logs, and the current one has at least `restarts`.
  const restartsOfPrevious = (): number => Math.max(restarts - 1, resume.found ? bookmark.restarts : next)
  let first: StreamLine | undefined
  let last: Position | undefined
  for await (const line of previous()) {
    first ??= line
    if (!resume.isNew(line)) continue
    if (last === undefined && !resume.found && !(ended && restarts <= next)) yield gap(bookmark, line)
    last = advance(last ?? bookmark, line)
    yield { kind: 'line', line, restarts: restartsOfPrevious() }
  }
  if (first === undefined || (last === undefined && !resume.found)) return 'unrelated'
  yield { kind: 'end', restarts: restartsOfPrevious() }
  return { first, last: last ?? bookmark }
}

/**
 * All lines of a log after the previous one are new, also when the node's clock was set back in between. In
 * CrashLoopBackOff, both are the same log: then they have the same first line.
 */
function resumeCurrent(bookmark: Bookmark, previous: Previous, first: StreamLine): Resume {
  if (typeof previous === 'string') return new Resume(bookmark)
  const same = first.ns === previous.first.ns && first.text === previous.first.text
  return new Resume(same ? previous.last : undefined)
}

/** A container of which no line is stored. */
async function* readAll(current: AsyncIterable<StreamLine>, restarts: number): AsyncGenerator<Entry> {
  let lines = 0
  for await (const line of current) {
    lines += 1
    yield { kind: 'line', line, restarts }
  }
  if (lines > 0) yield { kind: 'end', restarts }
}

const gap = ({ ns }: Bookmark, line: StreamLine): Entry => ({ kind: 'gap', fromNs: ns, toNs: line.ns })
