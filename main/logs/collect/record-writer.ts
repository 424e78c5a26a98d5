import { EventJoiner, type StreamEvent, type StreamLine } from '../parse/join.ts'
import { parseEvent } from '../parse/parse.ts'
import type { Batch, NewRecord } from '../store/batch.ts'
import type { Bookmark } from '../store/bookmark.ts'
import type { Entry, Progress } from './continue.ts'
import { advance } from './resume.ts'
import { nsToMs } from './stream-line.ts'
import { type ContainerTarget, streamName } from './target.ts'

/** An event is complete when no line follows for this long: a stack trace is printed in one go. */
const joinMs = 700
const batchRecords = 2_000
/**
 * A line's own time counts if it is this close to the time at which the node read the line: more than any time zone, and
 * a workload cannot place its lines in another year, nor open a partition for each day of it.
 */
const clockErrorMs = 86_400_000

/** Joins lines to events, and stores them in batches with the bookmark after their last line. */
export class RecordWriter {
  readonly #target: ContainerTarget
  readonly #append: (batch: Batch) => void
  readonly #joiner: EventJoiner
  #bookmark: Bookmark | undefined
  /** Lines that were read and are in no record yet. */
  readonly #unwritten: { readonly line: StreamLine; readonly restarts: number }[] = []
  #batch: NewRecord[] = []
  #ended = false
  #lastLineMs = 0

  constructor(target: ContainerTarget, bookmark: Bookmark | undefined, append: (batch: Batch) => void) {
    this.#target = target
    this.#bookmark = bookmark
    this.#append = append
    this.#joiner = new EventJoiner(target.format)
  }

  /** Of what is stored: call it after `flush`. */
  get progress(): Progress | undefined {
    return this.#bookmark && { bookmark: this.#bookmark, ended: this.#ended }
  }

  write(entry: Entry): void {
    if (entry.kind === 'line') {
      this.#ended = false
      this.#unwritten.push(entry)
      this.#addEvent(this.#joiner.push(entry.line))
      this.#lastLineMs = performance.now()
      if (this.#batch.length >= batchRecords) this.#store()
      return
    }
    // No event continues after lines that are missing, or in another instance.
    this.#addEvent(this.#joiner.flush())
    if (entry.kind === 'gap') this.#addGap(entry.fromNs, entry.toNs)
    else {
      this.#ended = true
      this.#bookmark = this.#bookmark && { ...this.#bookmark, restarts: entry.restarts }
    }
  }

  /** To be called a few times a second. */
  tick(): void {
    if (performance.now() - this.#lastLineMs >= joinMs) this.#addEvent(this.#joiner.flush())
    this.#store()
  }

  flush(): void {
    this.#addEvent(this.#joiner.flush())
    this.#store()
  }

  #addEvent(event: StreamEvent | undefined): void {
    if (event === undefined) return
    const parsed = parseEvent(this.#target.format, event.text)
    const { level } = parsed
    const readMs = nsToMs(event.ns)
    const atMs = parsed.atMs !== undefined && Math.abs(parsed.atMs - readMs) <= clockErrorMs ? parsed.atMs : undefined
    this.#batch.push({
      ...this.#origin(),
      atMs: atMs ?? readMs,
      atSource: atMs === undefined ? 'kubelet' : 'line',
      level,
      parser: this.#target.format,
      raw: event.text,
    })
    for (const { line, restarts } of this.#unwritten.splice(0, event.lines)) {
      this.#bookmark = { ...advance(this.#bookmark, line), restarts }
    }
  }

  #addGap(fromNs: bigint, toNs: bigint): void {
    const [from, to] = [fromNs, toNs].map((ns) => new Date(nsToMs(ns)).toISOString())
    this.#batch.push({
      ...this.#origin(),
      atMs: nsToMs(fromNs),
      atSource: 'kubelet',
      level: null,
      parser: 'gap',
      raw: `Lines are missing here: the kubelet no longer has the log between ${from} and ${to}.`,
    })
  }

  #origin(): Pick<NewRecord, 'source' | 'pod' | 'container'> {
    const { source, pod, container } = this.#target
    return { source, pod, container }
  }

  #store(): void {
    if (this.#batch.length === 0 || this.#bookmark === undefined) return
    const records = this.#batch
    this.#batch = []
    this.#append({ stream: streamName(this.#target), records, bookmark: this.#bookmark })
  }
}
