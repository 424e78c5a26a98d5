import { clockErrorMs } from '../parse/clock-error.ts'
import { EventJoiner, type StreamEvent, type StreamLine } from '../parse/join.ts'
import { parseEvent } from '../parse/parse.ts'
import type { Batch, NewRecord } from '../store/batch.ts'
import type { Bookmark } from '../store/bookmark.ts'
import { Cursor } from './position.ts'
import { nsToMs } from './stream-line.ts'
import { type ContainerTarget, streamName } from './target.ts'

/** An event is complete when no line follows for this long: a stack trace is printed in one go. */
const joinMs = 700
const batchRecords = 2_000
/** With the event that is being joined, the most that a container holds in memory. */
const batchCharacters = 512 * 1_024
const dayMs = 86_400_000

/** The log that a line is from. */
export type Origin = Omit<Bookmark, 'ns' | 'seen'>

/**
 * Why lines are missing, and from when on, in milliseconds since 1970.
 * - `removed`: lines were written after the last stored one, and the kubelet has them no longer.
 * - `late start`: the first line of a run comes late after its start. `late restart`: after the last line of the run before.
 */
export interface Gap {
  readonly kind: 'removed' | 'late start' | 'late restart'
  readonly fromMs: number
}

function gapText({ kind, fromMs }: Gap, toMs: number): string {
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString())
  if (kind === 'removed') return `Lines are missing here: the kubelet no longer has the log between ${from} and ${to}.`
  const start = kind === 'late start' ? `started at ${from}` : `restarted after ${from}`
  return `Lines may be missing here: the container ${start}, and the first line that the kubelet still has is of ${to}. Its log was rotated, or it printed nothing until then.`
}

/** Joins lines to events, and stores them in batches with the bookmark after their last line. */
export class RecordWriter {
  readonly #target: ContainerTarget
  readonly #append: (batch: Batch) => void | Promise<void>
  readonly #joiner: EventJoiner
  readonly #cursor: Cursor
  #origin: Origin | undefined
  /** Lines that were read and are in no record yet. */
  readonly #unwritten: { readonly line: StreamLine; readonly origin: Origin }[] = []
  /** Stored with the record after it. */
  #gap: NewRecord | undefined
  #batch: NewRecord[] = []
  readonly #closed: Batch[] = []
  #characters = 0
  #lastLineMs = 0
  #storing: Promise<void> | undefined
  #failure: unknown

  constructor(target: ContainerTarget, bookmark: Bookmark | undefined, append: (batch: Batch) => void | Promise<void>) {
    this.#target = target
    this.#origin = bookmark
    this.#cursor = new Cursor(bookmark)
    this.#append = append
    this.#joiner = new EventJoiner(target.format)
  }

  /** Of all records that were begun. */
  get bookmark(): Bookmark | undefined {
    const { position } = this.#cursor
    return position && { restarts: 0, ...this.#origin, ...position }
  }

  /** Resolves when there is room for more lines. Throws what `append` has thrown. */
  async write(line: StreamLine, origin: Origin): Promise<void> {
    this.#unwritten.push({ line, origin })
    this.#addEvent(this.#joiner.push(line))
    this.#lastLineMs = performance.now()
    while (this.#isFull()) await this.#store()
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Lines before this one can no longer be read, or may have been before it. */
  gap(gap: Gap, next: StreamLine): void {
    this.end()
    this.#gap = {
      ...this.#place(),
      atMs: Math.trunc(gap.fromMs),
      atSource: 'kubelet',
      level: null,
      parser: 'gap',
      raw: gapText(gap, nsToMs(next.ns)),
    }
  }

  /** No event continues in another log. */
  end(): void {
    this.#addEvent(this.#joiner.flush())
  }

  /** To be called a few times a second. Throws what `append` has thrown. */
  async tick(): Promise<void> {
    if (performance.now() - this.#lastLineMs >= joinMs) this.end()
    await this.#store()
  }

  async flush(): Promise<void> {
    this.end()
    await this.#store()
  }

  #isFull(): boolean {
    return this.#closed.length > 0 || this.#batch.length >= batchRecords || this.#characters >= batchCharacters
  }

  #addEvent(event: StreamEvent | undefined): void {
    if (event === undefined) return
    const { format } = this.#target
    const parsed = parseEvent(format, event.text)
    const readMs = nsToMs(event.ns)
    const atMs = parsed.atMs !== undefined && Math.abs(parsed.atMs - readMs) <= clockErrorMs ? parsed.atMs : undefined
    this.#add({
      ...this.#place(),
      atMs: atMs ?? readMs,
      atSource: atMs === undefined ? 'kubelet' : 'line',
      level: parsed.level,
      parser: format,
      raw: event.text,
    })
    for (const { line, origin } of this.#unwritten.splice(0, event.lines)) {
      this.#cursor.advance(line)
      this.#origin = origin
    }
  }

  /** A batch is of one day, and so in one file of the store: then its records and its bookmark are stored together. */
  #add(record: NewRecord): void {
    const day = dayOf(record)
    const last = this.#batch.at(-1)
    if (last !== undefined && dayOf(last) !== day) this.#close()
    if (this.#gap !== undefined) {
      this.#batch.push(dayOf(this.#gap) === day ? this.#gap : { ...this.#gap, atMs: record.atMs })
      this.#gap = undefined
    }
    this.#batch.push(record)
    this.#characters += record.raw.length
  }

  /** Ends the batch. */
  #close(): void {
    const { bookmark } = this
    if (this.#batch.length === 0 || bookmark === undefined) return
    this.#closed.push({ stream: streamName(this.#target), records: this.#batch, bookmark })
    this.#batch = []
    this.#characters = 0
  }

  #place(): Pick<NewRecord, 'source' | 'pod' | 'container'> {
    const { source, pod, container } = this.#target
    return { source, pod, container }
  }

  /** One batch at a time. After a failure nothing is stored any more: the next writer begins at the store's bookmark. */
  async #store(): Promise<void> {
    while (this.#storing !== undefined) await this.#storing.catch(() => undefined)
    if (this.#failure !== undefined) throw this.#failure
    this.#close()
    try {
      for (const batch of this.#closed.splice(0)) {
        this.#storing = Promise.resolve(this.#append(batch))
        await this.#storing
      }
    } catch (error) {
      this.#failure = error
      throw error
    } finally {
      this.#storing = undefined
    }
  }
}

const dayOf = ({ atMs }: NewRecord): number => Math.floor(atMs / dayMs)
