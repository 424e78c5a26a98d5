import type { StreamLine } from '../parse/join.ts'
import type { Bookmark } from '../store/bookmark.ts'
import type { ContainerStatus } from './container-status.ts'
import { courseOf, type PreviousLog, unclearCourse } from './course.ts'
import type { ReadLine } from './log-lines.ts'
import type { LogQuery, OpenLog, PodLog } from './pod-log.ts'
import { Finder, fileOf, isAt } from './position.ts'
import type { Gap, Origin, RecordWriter } from './record-writer.ts'
import { nsToMs } from './stream-line.ts'

/** The lines of a tail arrive at once. */
const settleMs = 1_000
/** The follow of a kubelet is known to stall at log rotation (kubernetes#115701): after this silence, its last line is asked for. */
const silenceMs = [15_000, 60_000] as const
/** How late a line may arrive that the kubelet already has. */
const arrivalMs = 2_000

/** The last stored line is not in this log. */
const notFound = new Error('The last stored line is not in this log.')
const stalled = new Error('The kubelet has lines that it did not send.')
const alreadyStored = new Error('This log was read as the previous one.')

/** Reads the logs of one container in one round, and writes what is new. */
export class LogReader {
  readonly log: PodLog
  readonly #writer: RecordWriter
  #unfinished: { readonly line: ReadLine; readonly origin: Origin } | undefined
  /** Lines that were written. */
  count = 0
  /** When the followed stream began or had its last line, by `performance.now()`. */
  busyMs: number | undefined
  /** The restart count of an instance that had ended when its log was opened, and was read to the end. */
  completed: number | undefined

  constructor(log: PodLog, writer: RecordWriter) {
    this.log = log
    this.#writer = writer
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
    const log = await this.log.open({ follow: true, tailLines: tail })
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
    const log = await this.log.open({})
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
    await this.log.each({ previous: true }, async (line, log) => {
      if (file === undefined) begin(log, line)
      file ??= fileOf(line)
      last = { line, isNew: finder?.isNew(line) ?? true }
      if (last.isNew && !line.cut) await this.#write(line, { ...origin, file })
    })
    const previous = { file, lastNs: last?.line.ns, hasBookmark: finder?.found ?? false }
    const course = bookmark && courseOf(bookmark, previous)
    if (course === 'unclear') throw unclearCourse()
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
    await this.log.each({ previous: true }, async (line) => {
      if (isFirst && file !== fileOf(line)) throw unclearCourse()
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
        else origin = { ...begun, restarts: this.log.restarts }
        this.busyMs = performance.now()
      }
      if (origin !== undefined) await this.#write(line, origin)
      else if (isKnown) throw alreadyStored
    }).catch((error: unknown) => {
      if (error !== alreadyStored) throw error
      return log.container
    })
    return end
  }

  /** The current log is of the instance after that one. */
  isNextAfter(completed: number | undefined): boolean {
    return completed !== undefined && this.log.restarts === completed + 1
  }

  /** In CrashLoopBackOff, the previous log is that of the instance that is counted. */
  #isPreviousNextAfter(completed: number | undefined): boolean {
    return completed !== undefined && this.log.restarts - (this.log.isRunning ? 1 : 0) === completed + 1
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
    const container = await this.log.status()
    if (this.#unfinished !== undefined && !container.isRunning) {
      const { line, origin } = this.#unfinished
      await this.#writeLast(line, {}, origin)
    }
    return container
  }

  /** Whether the kubelet has another last line, and does not send it. */
  async #isStalled(last: StreamLine | undefined, hasArrived: () => boolean): Promise<boolean> {
    try {
      const newest = await this.log.lastLine({})
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

  /** A line without an end is written if it is the log's own last one, and not where the connection was interrupted. */
  async #writeLast(line: ReadLine, query: LogQuery, origin: Origin): Promise<void> {
    const last = await this.log.lastLine(query)
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
}
