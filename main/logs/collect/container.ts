import { Problem } from '../../../preload/contract/problem.ts'
import type { Semaphore } from '../../lib/concurrency/semaphore.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isBadRequest, isForbidden, isNotFound, KubernetesError } from '../../lib/kubernetes/failure.ts'
import type { StreamLine } from '../parse/join.ts'
import type { Batch } from '../store/batch.ts'
import type { Bookmark } from '../store/bookmark.ts'
import { beginningOf, type Run } from './beginning.ts'
import { courseOf, type PreviousLog } from './course.ts'
import { LogUnreadable, logLines, type ReadLine } from './log-lines.ts'
import { withPermission } from './missing-permission.ts'
import { Finder, fileOf, isAt } from './position.ts'
import { type Gap, type Origin, RecordWriter } from './record-writer.ts'
import { nsToMs } from './stream-line.ts'
import { type ContainerTarget, streamName } from './target.ts'
import { Wake } from './wake.ts'

export interface CollectPorts {
  readonly client: KubernetesClient
  bookmark(stream: string): Bookmark | undefined
  /** Its promise holds the container's stream back until there is room for more. */
  append(batch: Batch): void | Promise<void>
  /** Streams that may be followed at once. The logs of more containers are read from time to time. */
  readonly follows?: Semaphore
  /** Logs that may be read at once besides. */
  readonly reads?: Semaphore
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
/** The lines of a tail arrive at once. */
const settleMs = 1_000
/** The follow of a kubelet is known to stall at log rotation (kubernetes#115701): after this silence, its last line is asked for. */
const silenceMs = [15_000, 60_000] as const
/** How late a line may arrive that the kubelet already has. */
const arrivalMs = 2_000
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

/** The pod is deleted, or another one has its name: that one (a StatefulSet's) is another stream. */
const podDeleted = new Error('The pod is deleted.')
/** The last stored line is not in this log. */
const notFound = new Error('The last stored line is not in this log.')
const stalled = new Error('The kubelet has lines that it did not send.')
const closed = new Error('The log is no longer needed.')

interface OpenLog {
  readonly lines: AsyncIterable<ReadLine>
  readonly container: ContainerStatus
  /** From the answer of the kubelet to the first line. */
  awaitedMs(): number
  /** The iteration throws the reason. */
  abort(reason: Error): void
  close(): void
}

interface Query {
  readonly follow?: true
  readonly previous?: true
  readonly tailLines?: number
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
    const reader = new LogReader(this.#target, this.#ports, writer, AbortSignal.any([signal, failure.signal]))
    try {
      const container = await this.#read(reader, bookmark)
      await writer.flush()
      this.#completed = reader.completed ?? this.#completed
      return { lines: reader.count, hasEnded: container.hasEnded, isQueued: reader.isQueued }
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
    const following = (): void => this.#onState({ kind: reader.isQueued ? 'queued' : 'following' })
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
    const current = await reader.open({ follow: true })
    try {
      following()
      const previous = await this.#readPrevious(reader, bookmark)
      // In CrashLoopBackOff both are the same log.
      const isSame = (line: StreamLine): boolean => previous !== undefined && previous.file === fileOf(line)
      return await reader.consume(current, (first) => {
        const file = fileOf(first)
        if (isSame(first)) return undefined
        const course = bookmark && courseOf(bookmark, previous, file)
        if (course === 'unclear') throw unclear()
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
  #hadAll({ openedMs }: LogReader): boolean {
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
      if (matters && this.#previousFailures < missingAttempts) throw unclear()
      this.#previousFailures = 0
      return undefined
    }
  }
}

const unclear = (): Problem =>
  new Problem('CLUSTER_UNREACHABLE', 'The log was interrupted, and is read again.', 'GET pods/log')

const behindLog = (): Problem =>
  new Problem('CLUSTER_BUSY', 'The status of the pod is behind its log. Both are read again.', 'GET pods')

/** Reads the logs of one container in one round, and writes what is new. */
class LogReader {
  readonly #target: ContainerTarget
  readonly #ports: CollectPorts
  readonly #writer: RecordWriter
  readonly #signal: AbortSignal
  #unfinished: { readonly line: ReadLine; readonly origin: Origin } | undefined
  #restarts = 0
  #isRunning = false
  /** It has a place among the logs that are read. */
  #isReading = false
  /** Lines that were written. */
  count = 0
  /** When the first log was opened, and when the followed stream began or had its last line, by `performance.now()`. */
  openedMs: number | undefined
  busyMs: number | undefined
  /** The restart count of an instance that had ended when its log was opened, and was read to the end. */
  completed: number | undefined
  /** There was no free stream to follow the log. */
  isQueued = false

  constructor(target: ContainerTarget, ports: CollectPorts, writer: RecordWriter, signal: AbortSignal) {
    this.#target = target
    this.#ports = ports
    this.#writer = writer
    this.#signal = signal
  }

  /**
   * Follows from the last stored line on. `too short`: that line is not among the last lines of the log, but there are
   * more. `absent`: it is not in the log.
   */
  async follow({
    tail = 0,
    following,
  }: {
    readonly tail?: number
    readonly following: () => void
  }): Promise<ContainerStatus | 'too short' | 'absent'> {
    await this.#writer.flush()
    const { bookmark } = this.#writer
    if (bookmark === undefined) return 'absent'
    const finder = new Finder(bookmark)
    const log = await this.open({ follow: true, tailLines: tail })
    const settled = setTimeout(() => log.abort(notFound), settleMs)
    let older = 0
    try {
      const end = await this.#readAll(log, async (line) => {
        if (finder.found) return this.#write(line, bookmark)
        settled.refresh()
        finder.isNew(line)
        if (finder.found) {
          this.busyMs = performance.now()
          clearTimeout(settled)
          following()
        } else if (line.continued !== true) {
          older += 1
          if (older >= tail) throw notFound
        }
      })
      if (finder.found && !log.container.isRunning) this.completed = log.container.restarts
      return finder.found ? end : 'absent'
    } catch (error) {
      if (error !== notFound) throw error
      return older >= tail ? 'too short' : 'absent'
    } finally {
      clearTimeout(settled)
      log.close()
    }
  }

  /** Reads the whole current log. False if it does not have the last stored line. */
  async catchUp(): Promise<boolean> {
    await this.#writer.flush()
    const { bookmark } = this.#writer
    if (bookmark === undefined) return false
    const finder = new Finder(bookmark)
    const log = await this.open({})
    try {
      for await (const line of log.lines) if (finder.isNew(line) && !line.cut) await this.#write(line, bookmark)
      return finder.found
    } finally {
      log.close()
    }
  }

  /**
   * Writes what is new in it: what follows the last stored line, or all of it if it is the log of a later instance.
   * `begin` is called with its first line.
   */
  async readPrevious(
    bookmark: Bookmark | undefined,
    completed: number | undefined,
    begin: (log: OpenLog, first: StreamLine) => void,
  ): Promise<PreviousLog> {
    const finder = bookmark && new Finder(bookmark)
    const origin = { restarts: bookmark?.restarts ?? 0, previousFile: bookmark?.previousFile }
    let file: string | undefined
    let last: { readonly line: ReadLine; readonly isNew: boolean } | undefined
    await this.#each({ previous: true }, async (line, log) => {
      if (file === undefined) begin(log, line)
      file ??= fileOf(line)
      last = { line, isNew: finder?.isNew(line) ?? true }
      if (last.isNew && !line.cut) await this.#write(line, { ...origin, file })
    })
    const previous = { file, lastNs: last?.line.ns, hasBookmark: finder?.found ?? false }
    const course = bookmark && courseOf(bookmark, previous)
    if (course === 'unclear') throw unclear()
    if (course === 'replaced') await this.#writeReplaced(bookmark, file, completed)
    if (last?.line.cut && (last.isNew || course === 'replaced'))
      await this.#writeLast(last.line, { previous: true }, { ...origin, file })
    this.#writer.end()
    return previous
  }

  /** All lines of a previous log that does not have the last stored line. */
  async #writeReplaced(
    bookmark: Bookmark | undefined,
    file: string | undefined,
    completed: number | undefined,
  ): Promise<void> {
    let isFirst = true
    await this.#each({ previous: true }, async (line) => {
      if (isFirst && file !== fileOf(line)) throw unclear()
      if (isFirst && bookmark !== undefined && !this.#isPreviousNextAfter(completed))
        this.gap({ kind: 'removed', fromMs: nsToMs(bookmark.ns) }, line)
      isFirst = false
      if (!line.cut) await this.#write(line, { file, restarts: bookmark?.restarts ?? 0 })
    })
  }

  /** Follows a log of which every line is new. `begin` is called with its first line; undefined: it is known already. */
  async consume(
    log: OpenLog,
    begin: (first: StreamLine) => Omit<Origin, 'restarts'> | undefined,
  ): Promise<ContainerStatus> {
    let origin: Origin | undefined
    let isKnown = false
    const end = await this.#readAll(log, async (line) => {
      if (origin === undefined && !isKnown) {
        const begun = begin(line)
        if (begun === undefined) isKnown = true
        else origin = { ...begun, restarts: this.#restarts }
        this.busyMs = performance.now()
      }
      if (origin !== undefined) await this.#write(line, origin)
      else if (isKnown) throw closed
    }).catch((error: unknown) => {
      if (error !== closed) throw error
      return log.container
    })
    return end
  }

  /** The current log is of the instance after that one. */
  isNextAfter(completed: number | undefined): boolean {
    return completed !== undefined && this.#restarts === completed + 1
  }

  /** In CrashLoopBackOff, the previous log is that of the instance that is counted. */
  #isPreviousNextAfter(completed: number | undefined): boolean {
    return completed !== undefined && this.#restarts - (this.#isRunning ? 1 : 0) === completed + 1
  }

  gap(gap: Gap, next: StreamLine): void {
    this.#writer.gap(gap, next)
  }

  /** The text after the last line end, of a pod that is gone. */
  async writeUnfinished(): Promise<void> {
    if (this.#unfinished !== undefined) await this.#writer.write(this.#unfinished.line, this.#unfinished.origin)
    this.#unfinished = undefined
  }

  /** Each line until the stream ends; then the last one too, if it has no end because its container has ended. */
  async #readAll(log: OpenLog, each: (line: ReadLine) => Promise<void>): Promise<ContainerStatus> {
    let last: StreamLine | undefined
    let silences = 0
    let arrivedMs = performance.now()
    const watch = setInterval(async () => {
      const silentMs = performance.now() - arrivedMs
      if (silentMs < (silences === 0 ? silenceMs[0] : silenceMs[1] * silences)) return
      silences += 1
      if (await this.#isStalled(last, () => performance.now() - arrivedMs < silentMs)) log.abort(stalled)
    }, 1_000)
    try {
      for await (const line of log.lines) {
        arrivedMs = performance.now()
        silences = 0
        last = line
        await each(line)
      }
    } catch (error) {
      if (error !== stalled) throw error
      this.busyMs = undefined
    } finally {
      clearInterval(watch)
    }
    const container = await this.#status()
    if (this.#unfinished !== undefined && !container.isRunning) {
      const { line, origin } = this.#unfinished
      await this.#writeLast(line, {}, origin)
    }
    return container
  }

  /** Whether the kubelet has another last line, and does not send it. */
  async #isStalled(last: StreamLine | undefined, hasArrived: () => boolean): Promise<boolean> {
    try {
      const newest = await this.#lastLine({})
      const position = this.#writer.bookmark
      const isSent = (line: StreamLine): boolean =>
        (last !== undefined && last.ns === line.ns && last.text === line.text) ||
        (position !== undefined && isAt(position, line))
      if (newest === undefined || isSent(newest)) return false
      await new Promise((resolve) => setTimeout(resolve, arrivalMs))
      return !hasArrived()
    } catch {
      // A cluster that does not answer has not said anything about the stream.
      return false
    }
  }

  async #lastLine(query: Query): Promise<ReadLine | undefined> {
    let last: ReadLine | undefined
    await this.#each({ ...query, tailLines: 1 }, async (line) => {
      last = line
    })
    return last
  }

  /** A line without an end is written if it is the log's own last one, and not where the connection was interrupted. */
  async #writeLast(line: ReadLine, query: Query, origin: Origin): Promise<void> {
    const last = await this.#lastLine(query)
    // The last part of a long line has a time of its own.
    if (last?.cut !== true || last.text === '' || !line.text.endsWith(last.text)) return
    this.#unfinished = undefined
    await this.#writer.write({ ns: line.ns, text: line.text }, origin)
    this.count += 1
  }

  async #write(line: ReadLine, origin: Origin): Promise<void> {
    if (this.busyMs !== undefined) this.busyMs = performance.now()
    if (line.cut) {
      this.#unfinished = { line, origin }
      return
    }
    this.#unfinished = undefined
    this.count += 1
    await this.#writer.write(line, origin)
  }

  async #each(query: Query, each: (line: ReadLine, log: OpenLog) => Promise<void>): Promise<void> {
    const log = await this.open(query)
    try {
      for await (const line of log.lines) await each(line, log)
    } finally {
      log.close()
    }
  }

  /**
   * Resolves once the kubelet has chosen the instance whose log it serves: it sends the response header right after.
   * The pod is read after that: so the log is of this pod, and of no other one with its name.
   */
  async open(query: Query): Promise<OpenLog> {
    const { client } = this.#ports
    const { follow, release } = await this.#place(query)
    const stop = new AbortController()
    const signal = AbortSignal.any([this.#signal, stop.signal])
    const close = (): void => {
      stop.abort(closed)
      release?.()
    }
    try {
      const sent = { ...query, container: this.#target.container, timestamps: true, follow }
      const body = await client.stream(`${podPath(this.#target)}/log`, { query: sent }, signal).catch(async (error) => {
        if (isNotFound(error)) await this.#status()
        throw withPermission(error, 'get pods/log', this.#target.namespace)
      })
      const openedMs = performance.now()
      this.openedMs ??= openedMs
      let firstMs = openedMs
      // Read at once: what an HTTP/2 stream brought is lost when it ends before anyone has begun to read it.
      const lines = begun(logLines(body), () => {
        firstMs = performance.now()
      })
      const container = await this.#status()
      return { lines, container, awaitedMs: () => firstMs - openedMs, abort: (reason) => stop.abort(reason), close }
    } catch (error) {
      close()
      throw error
    }
  }

  /**
   * A place among the streams that are followed, where one is free, else among those that are read. The previous log is read
   * while the current one is open: it takes no second place, for which all others could wait in vain.
   */
  async #place(query: Query): Promise<{ readonly follow?: true; readonly release?: () => void }> {
    const { follows, reads } = this.#ports
    if (query.follow) {
      const release = follows?.tryAcquire()
      this.isQueued = follows !== undefined && release === undefined
      if (!this.isQueued) return { follow: true, release }
    }
    if (reads === undefined || this.#isReading) return {}
    const release = await reads.acquire(this.#signal)
    this.#isReading = true
    return {
      release: () => {
        this.#isReading = false
        release()
      },
    }
  }

  async #status(): Promise<ContainerStatus> {
    const { client } = this.#ports
    const { namespace } = this.#target
    const pod = await client.request<Pod>('GET', podPath(this.#target), {}, this.#signal).catch((error: unknown) => {
      throw isNotFound(error) ? podDeleted : withPermission(error, 'get pods', namespace)
    })
    if (pod.metadata?.uid !== this.#target.podUid) throw podDeleted
    const status = statusOf(pod, this.#target.container)
    this.#restarts = status.restarts
    this.#isRunning = status.isRunning
    return status
  }
}

interface ContainerStatus {
  readonly restarts: number
  readonly isRunning: boolean
  /** It has ended, and does not start again. */
  readonly hasEnded: boolean
  /** Of the current log, and of the previous one: in CrashLoopBackOff it is the same. */
  readonly run: Run | undefined
  readonly previousRun: Run | undefined
}

interface StateOfContainer {
  readonly running?: { readonly startedAt?: string | null }
  readonly terminated?: {
    readonly exitCode?: number
    readonly startedAt?: string | null
    readonly finishedAt?: string | null
  }
}

interface StatusOfContainer {
  readonly name: string
  readonly restartCount?: number
  readonly state?: StateOfContainer
  readonly lastState?: StateOfContainer
}

interface Pod {
  readonly metadata?: { readonly uid?: string }
  readonly spec?: { readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[] }
  readonly status?: {
    readonly phase?: string
    readonly containerStatuses?: readonly StatusOfContainer[]
    readonly initContainerStatuses?: readonly StatusOfContainer[]
    readonly ephemeralContainerStatuses?: readonly StatusOfContainer[]
  }
}

function statusOf({ spec, status }: Pod, name: string): ContainerStatus {
  const named = (all: readonly StatusOfContainer[] | undefined) => all?.find((each) => each.name === name)
  const [main, init, ephemeral] = [
    named(status?.containerStatuses),
    named(status?.initContainerStatuses),
    named(status?.ephemeralContainerStatuses),
  ]
  const found = main ?? init ?? ephemeral
  const terminated = found?.state?.terminated
  const isSidecar = spec?.initContainers?.find((each) => each.name === name)?.restartPolicy === 'Always'
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed'
  const endsForGood =
    isOver || ephemeral !== undefined || (init !== undefined && !isSidecar && terminated?.exitCode === 0)
  return {
    restarts: found?.restartCount ?? 0,
    isRunning: found?.state?.running !== undefined,
    hasEnded: terminated !== undefined && endsForGood,
    run: runOf(found?.state) ?? runOf(found?.lastState),
    previousRun: runOf(found?.lastState),
  }
}

function runOf({ running, terminated }: StateOfContainer = {}): Run | undefined {
  const startedMs = msOf(running?.startedAt ?? terminated?.startedAt)
  return startedMs === undefined ? undefined : { startedMs, finishedMs: msOf(terminated?.finishedAt) }
}

/** Undefined where the kubelet does not know the time: then it has sent none, or null. */
function msOf(time: string | null | undefined): number | undefined {
  const ms = Date.parse(time ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

/** The first item is asked for now, and not by the first iteration. */
function begun<Item>(items: AsyncGenerator<Item>, onFirst: () => void): AsyncIterable<Item> {
  const first = items.next()
  first.then(onFirst).catch(() => undefined) // thrown by the iteration
  return (async function* () {
    const { done, value } = await first
    if (done) return
    yield value
    yield* items
  })()
}

const podPath = ({ namespace, pod }: ContainerTarget): string => `/api/v1/namespaces/${namespace}/pods/${pod}`
