import { type Moment, newMoment, readTime } from './time.ts'

const lineBreak = 0x0a
const space = 0x20
/** A longer line is read in parts of this size, so that memory is bounded. */
export const maxLineBytes = 16 * 1024 * 1024

/**
 * What a runtime puts around each line: nothing; the kubelet's time (`kubectl logs --timestamps`); containerd's and CRI-O's
 * files (`TIME stdout P|F TEXT`, https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md);
 * Docker's files (`{"log":"TEXT\n","stream":"stdout","time":"TIME"}`).
 */
export type Wrapping = 'none' | 'kubelet' | 'cri' | 'docker'

/** What the first line of a file shows. The kubelet's time alone is not recognised: it could be the program's. */
export function wrappingOf(line: Buffer): Wrapping {
  const start = line.toString('latin1', 0, 80)
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [PF](?: |$)/.test(start))
    return 'cri'
  return start.startsWith('{"log":"') && dockerLine(line) !== undefined ? 'docker' : 'none'
}

/** One line of the program itself, without its line break; a part of it where `isPartial`. */
export interface Unwrapped {
  readonly stream: string
  readonly text: Buffer
  readonly isPartial: boolean
  /** When the runtime read the line; undefined where it does not say. Reused: copy it. */
  readonly moment: Moment | undefined
}

const moment = newMoment()

/** Takes the wrapping off a line. A line without it is the program's, of no known time. */
export function unwrap(wrapping: Wrapping, line: Buffer): Unwrapped {
  switch (wrapping) {
    case 'none':
      return { stream: '', text: line, isPartial: false, moment: undefined }
    case 'kubelet':
      return unwrapKubelet(line)
    case 'cri':
      return unwrapCri(line)
    case 'docker':
      return dockerLine(line) ?? { stream: '', text: line, isPartial: false, moment: undefined }
  }
}

function unwrapKubelet(line: Buffer): Unwrapped {
  const end = line.indexOf(space)
  const stampEnd = end === -1 ? line.length : end
  const isStamped = readTime(line, 0, stampEnd, moment) && moment.zoned && moment.end === stampEnd
  if (!isStamped) return { stream: '', text: line, isPartial: false, moment: undefined }
  return { stream: '', text: line.subarray(Math.min(stampEnd + 1, line.length)), isPartial: false, moment }
}

function unwrapCri(line: Buffer): Unwrapped {
  const stamped = unwrapKubelet(line)
  const { text } = stamped
  const stream = text.toString('latin1', 0, 6)
  if (stamped.moment === undefined || (stream !== 'stdout' && stream !== 'stderr')) return stamped
  // The tag can have further ones after a colon.
  const tagEnd = text.indexOf(space, 7)
  return {
    stream,
    text: text.subarray(tagEnd === -1 ? text.length : tagEnd + 1),
    isPartial: text[7] === 0x50,
    moment,
  }
}

/** Docker has no others, and each stream that a file names costs memory. */
const isDockerStream = (stream: unknown): stream is string => stream === 'stdout' || stream === 'stderr'

/** Undefined for what is no line of Docker's. A text without a line break at its end is a part of a line. */
function dockerLine(line: Buffer): Unwrapped | undefined {
  try {
    const { log, stream, time }: { log?: unknown; stream?: unknown; time?: unknown } = JSON.parse(line.toString())
    if (typeof log !== 'string' || typeof time !== 'string' || !isDockerStream(stream)) return undefined
    const stamp = Buffer.from(time)
    const isPartial = !log.endsWith('\n')
    return {
      stream,
      text: Buffer.from(isPartial ? log : log.slice(0, -1)),
      isPartial,
      moment: readTime(stamp, 0, stamp.length, moment) && moment.zoned ? moment : undefined,
    }
  } catch {
    return undefined
  }
}

/** The lines of one stream of a program, without their wrapping, and when the runtime read each. */
export class StreamLines {
  bytes = Buffer.alloc(65_536)
  length = 0
  /** The program's line that ended last is whole up to here. */
  whole = 0
  #starts: number[] = []
  #ms: number[] = []
  #isOpen = false

  add({ text, isPartial, moment }: Unwrapped): void {
    const needed = this.length + text.length + 1
    if (needed > this.bytes.length) {
      const larger = Buffer.alloc(Math.max(needed, this.bytes.length * 2))
      this.bytes.copy(larger, 0, 0, this.length)
      this.bytes = larger
    }
    if (!this.#isOpen) {
      this.#starts.push(this.length)
      this.#ms.push(moment?.ms ?? Number.NaN)
    }
    text.copy(this.bytes, this.length)
    this.length += text.length
    // Parts of which the last one never comes are a line that never ends.
    this.#isOpen = isPartial && this.length - this.whole < maxLineBytes
    if (this.#isOpen) return
    this.bytes[this.length] = lineBreak
    this.length += 1
    this.whole = this.length
  }

  /** When the runtime read the line that begins at this index, in milliseconds; NaN where it did not say. */
  readMs(start: number): number {
    let [low, high] = [0, this.#starts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#starts[middle] ?? 0) < start) low = middle + 1
      else high = middle
    }
    return this.#ms[low] ?? Number.NaN
  }

  /** Drops the bytes before this index. */
  drop(end: number): void {
    if (end === 0) return
    this.bytes.copyWithin(0, end, this.length)
    this.length -= end
    this.whole -= Math.min(end, this.whole)
    const first = this.#starts.findIndex((start) => start >= end)
    this.#starts = first === -1 ? [] : this.#starts.slice(first).map((start) => start - end)
    this.#ms = first === -1 ? [] : this.#ms.slice(first)
    this.#isOpen &&= this.length > 0
  }
}
