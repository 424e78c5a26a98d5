import { Problem } from '../../../preload/contract/problem.ts'
import { isBadRequest, isForbidden, isNotFound, KubernetesError } from '../../lib/kubernetes/failure.ts'
import type { StreamLine } from '../parse/join.ts'
import type { Batch } from '../store/batch.ts'
import type { Bookmark } from '../store/bookmark.ts'
import { beginningOf, type Run } from './beginning.ts'
import type { ContainerStatus } from './container-status.ts'
import { courseOf, type PreviousLog, unclearCourse } from './course.ts'
import { LogUnreadable } from './log-lines.ts'
import { LogReader } from './log-reader.ts'
import { type OpenLog, PodLog, type PodLogPorts, podDeleted } from './pod-log.ts'
import { fileOf } from './position.ts'
import { RecordWriter } from './record-writer.ts'
import { nsToMs } from './stream-line.ts'
import { type ContainerTarget, streamName } from './target.ts'
import { Wake } from './wake.ts'

export interface CollectPorts extends PodLogPorts {
  bookmark(stream: string): Bookmark | undefined
  /** Its promise holds the container's stream back until there is room for more. */
  append(batch: Batch): void | Promise<void>
}

/**
 * `following`: its lines arrive. `queued`: it waits for a free stream, and its log is read from time to time. `waiting`: it
 * has ended, and may start again. `retrying`: its log cannot be read now, for the reason of `problem`.
 */
export type ContainerState =
  | { readonly kind: 'connecting' | 'following' | 'queued' | 'waiting' }
  | { readonly kind: 'retrying'; readonly problem: unknown; readonly sinceMs: number }

/** The longest time between reading a line and storing it, for an event that is complete. */
const batchMs = 250
const firstDelayMs = 500
const longestDelayMs = 15_000
/** A permission that is missing is asked for again this often. */
const refusedDelayMs = 60_000
/** A log that is not followed is read this often: as kubelets look, by default, whether to rotate it. */
const queuedDelayMs = 10_000
/** An API server that names a longer time is asked before. */
const retryAfterLimitMs = 120_000
/** The last lines of a log, among which the last stored one is looked for: where it is not, in more of them. */
const tails = [64, 1_024, 16_384]
/** Kubelets look every 10 s, by default, whether to rotate a log. A stream that was silent had delivered all of it. */
const idleMs = 1_000
const reopenedMs = 1_000
/** A `previous` that is refused without a reason is asked for this often, so that it cannot hold up the current log for ever. */
const previousAttempts = 3
/** A `previous` that does not exist is asked for this often, within some 1.5 s. */
const missingAttempts = 3
/** A status that is behind its log is read this often: some 8 s, which is longer than a kubelet takes to report a restart. */
const statusAttempts = 5

/**
 * Follows a container until its pod is deleted, through restarts, log rotation and lost connections. Each line is
 * stored once; a gap record stands for lines that can no longer be read. Ends when the pod is deleted, or its container
 * has ended for good; throws only the abort reason.
 */
export async function followContainer(
  target: ContainerTarget,
  ports: CollectPorts,
  signal: AbortSignal,
  onState: (state: ContainerState) => void = () => undefined,
  wake = new Wake(),
): Promise<void> {
  const container = new FollowedContainer(target, ports, onState)
  for (let failures = 0; ; ) {
    let delayMs = 0
    const startedMs = performance.now()
    try {
      onState({ kind: 'connecting' })
      const { lines, hasEnded, isQueued } = await container.round(signal)
      if (hasEnded && lines === 0) return
      if (isQueued) delayMs = queuedDelayMs
      // A container that has ended prints nothing more: the delay grows until the next instance starts.
      const isLive = lines > 0 || performance.now() - startedMs > longestDelayMs
      failures = isLive ? 0 : failures + 1
      onState({ kind: isQueued ? 'queued' : 'waiting' })
    } catch (error) {
      signal.throwIfAborted()
      if (error === podDeleted) return
      failures += 1
      onState({ kind: 'retrying', problem: error, sinceMs: Date.now() })
      if (isForbidden(error)) delayMs = refusedDelayMs
      else if (error instanceof KubernetesError) delayMs = Math.min(error.status.retryAfterMs ?? 0, retryAfterLimitMs)
    }
    const backoffMs = failures === 0 ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1))
    // Spread, so that the containers of a plane do not ask in step.
    await wake.wait(Math.max(delayMs, backoffMs) * (0.75 + Math.random() / 4), signal)
  }
}

interface Round {
  /** New lines. */
  readonly lines: number
  /** The container has ended, and will not start again. */
  readonly hasEnded: boolean
  /** There was no free stream: the log was read to its present end. */
  readonly isQueued: boolean
}

class FollowedContainer {
  readonly #target: ContainerTarget
  readonly #ports: CollectPorts
  readonly #onState: (state: ContainerState) => void
  /** Failures to read a previous log, in a row. */
  #previousFailures = 0
  /** Statuses that were behind the log, in a row. */
  #unclearStatuses = 0
  /** The restart count of an instance that had ended when its log was opened, and was read to the end. */
  #completed: number | undefined
  /** Of the last stream that was followed, by `performance.now()`: when it had something to send, and when it ended. */
  #lastStream: { readonly busyMs: number; readonly endedMs: number } | undefined

  constructor(target: ContainerTarget, ports: CollectPorts, onState: (state: ContainerState) => void) {
    this.#target = target
    this.#ports = ports
    this.#onState = onState
  }

  /** Reads all that is new, and follows until the stream ends. Begins at what the store has. */
  async round(signal: AbortSignal): Promise<Round> {
    const { append } = this.#ports
    const bookmark = this.#ports.bookmark(streamName(this.#target))
    const failure = new AbortController()
    const writer = new RecordWriter(this.#target, bookmark, (batch) => append(batch))
    const timer = setInterval(() => {
      writer.tick().catch((error: unknown) => failure.abort(error))
    }, batchMs)
    const log = new PodLog(this.#target, this.#ports, AbortSignal.any([signal, failure.signal]))
    const reader = new LogReader(log, writer)
    try {
      const container = await this.#read(reader, bookmark)
      await writer.flush()
      this.#completed = reader.completed ?? this.#completed
      return { lines: reader.count, hasEnded: container.hasEnded, isQueued: log.isQueued }
    } catch (error) {
      if (error === podDeleted) await reader.writeUnfinished()
      await writer.flush()
      throw error
    } finally {
      clearInterval(timer)
      if (reader.busyMs !== undefined) this.#lastStream = { busyMs: reader.busyMs, endedMs: performance.now() }
    }
  }

  async #read(reader: LogReader, bookmark: Bookmark | undefined): Promise<ContainerStatus> {
    const following = (): void => this.#onState({ kind: reader.log.isQueued ? 'queued' : 'following' })
    if (bookmark === undefined) return await this.#readNew(reader, undefined, following)
    for (const tail of tails) {
      const found = await reader.follow({ tail, following })
      if (found !== 'too short' && found !== 'absent') return found
      // Where the whole log has fewer lines, more of them are not asked for.
      if (found === 'absent') break
    }
    if (await reader.catchUp()) {
      const found = await reader.follow({ tail: tails.at(-1), following })
      if (typeof found !== 'string') return found
      throw new Problem('TIMED_OUT', 'The log grows faster than it is read.', this.#target.pod)
    }
    return await this.#readNew(reader, bookmark, following)
  }

  /** The last stored line, if there is one, is not in the current log. */
  async #readNew(reader: LogReader, bookmark: Bookmark | undefined, following: () => void): Promise<ContainerStatus> {
    // Opened before the previous log is read: if that is then the one before this, no instance is between the two.
    const current = await reader.log.open({ follow: true })
    try {
      following()
      const previous = await this.#readPrevious(reader, bookmark)
      // In CrashLoopBackOff both are the same log.
      const isSame = (line: StreamLine): boolean => previous !== undefined && previous.file === fileOf(line)
      return await reader.consume(current, (first) => {
        const file = fileOf(first)
        if (isSame(first)) return undefined
        const course = bookmark && courseOf(bookmark, previous, file)
        if (course === 'unclear') throw unclearCourse()
        const isRotated = course === 'rotated' && bookmark !== undefined
        if (!isRotated || reader.isNextAfter(this.#completed))
          this.#checkBeginning(reader, current, current.container.run, first, previous?.lastNs)
        else if (!this.#hadAll(reader)) reader.gap({ kind: 'removed', fromMs: nsToMs(bookmark.ns) }, first)
        return { file, previousFile: (isRotated ? bookmark.previousFile : undefined) ?? previous?.file ?? '' }
      })
    } finally {
      current.close()
    }
  }

  /**
   * Whether nothing was written between the last stream and this one: it was silent, so it had delivered everything, and
   * this one begins right after it.
   */
  #hadAll({ log: { openedMs } }: LogReader): boolean {
    if (this.#lastStream === undefined || openedMs === undefined) return false
    const { busyMs, endedMs } = this.#lastStream
    return endedMs - busyMs >= idleMs && openedMs - endedMs <= reopenedMs
  }

  /** Records a gap where the log of a run, of which nothing is stored, may have lost its beginning. */
  #checkBeginning(
    reader: LogReader,
    log: OpenLog,
    run: Run | undefined,
    line: StreamLine,
    previousEndNs?: bigint,
  ): void {
    const first = { atMs: nsToMs(line.ns), awaitedMs: log.awaitedMs() }
    const previousEndMs = previousEndNs === undefined ? undefined : nsToMs(previousEndNs)
    const beginning = beginningOf(first, run, previousEndMs)
    if (beginning === 'unclear') this.#unclearStatuses += 1
    if (beginning === 'unclear' && this.#unclearStatuses < statusAttempts) throw behindLog()
    if (beginning === 'missing' && run !== undefined) reader.gap({ kind: 'late start', fromMs: run.startedMs }, line)
    if (beginning === 'unclear' && previousEndMs !== undefined)
      reader.gap({ kind: 'late restart', fromMs: previousEndMs }, line)
    this.#unclearStatuses = 0
  }

  /** Reads the previous log, as far as it is new. Undefined where there is none, or it cannot be read. */
  async #readPrevious(reader: LogReader, bookmark: Bookmark | undefined): Promise<PreviousLog | undefined> {
    const begin = (log: OpenLog, first: StreamLine): void => {
      if (bookmark === undefined) this.#checkBeginning(reader, log, log.container.previousRun, first)
    }
    try {
      const previous = await reader.readPrevious(bookmark, this.#completed, begin)
      this.#previousFailures = 0
      return previous
    } catch (error) {
      if (!(isBadRequest(error) || isNotFound(error) || error instanceof LogUnreadable)) throw error
      this.#previousFailures += 1
      const isMissing = error instanceof KubernetesError && /previous terminated container/.test(error.status.message)
      if (!isMissing && this.#previousFailures < previousAttempts) throw error
      if (!isMissing) return undefined
      // A kubelet says so too while its own status is behind a restart.
      const matters = bookmark !== undefined && !this.#hadAll(reader)
      if (matters && this.#previousFailures < missingAttempts) throw unclearCourse()
      this.#previousFailures = 0
      return undefined
    }
  }
}

const behindLog = (): Problem =>
  new Problem('CLUSTER_BUSY', 'The status of the pod is behind its log. Both are read again.', 'GET pods')
