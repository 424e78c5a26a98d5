import type { LogFormat } from '../../../preload/contract/profiles.ts'
import { newColumns, type RecordColumns } from '../parse/columns.ts'
import { splitRecords } from '../parse/split.ts'
import { maxLineBytes, StreamLines, unwrap, type Wrapping, wrappingOf } from '../parse/wrapping.ts'

/** Records of one stream of a log, by column. All of it is valid until the next batch is asked for. */
export interface RecordBatch {
  /** "stdout", "stderr", or empty where a log does not say. */
  readonly stream: string
  readonly bytes: Buffer
  readonly columns: RecordColumns
  /** When the runtime read the record, in ms since 1970; NaN where the log does not say. */
  readonly readMs: (row: number) => number
}

const lineBreak = 0x0a
const windowBytes = 2 * 1_024 * 1_024
const unknown = (): number => Number.NaN

/** What the splitting of one log after another works in: an archive can have a million of them. */
export class SplitMemory {
  readonly columns = newColumns()
  #window: Buffer = Buffer.allocUnsafeSlow(windowBytes)

  /** One buffer for all chunks, with what it has at its start. */
  window(keptBytes: number, neededBytes: number): Buffer {
    if (neededBytes > this.#window.length) {
      const larger = Buffer.allocUnsafeSlow(neededBytes * 2)
      this.#window.copy(larger, 0, 0, keptBytes)
      this.#window = larger
    }
    return this.#window
  }
}

/**
 * The records of a log, chunk by chunk; those of one stream in their order, whatever the chunks, each of which is only used
 * until the next one is asked for. Memory is bounded by the longest line, which is cut at 16 MiB; `memory` is that of
 * one log at a time. Throws what the source throws.
 */
export async function* splitLog(
  chunks: AsyncIterable<Buffer>,
  { format, kubelet }: { readonly format: LogFormat; readonly kubelet: boolean },
  memory = new SplitMemory(),
): AsyncGenerator<RecordBatch> {
  const { columns } = memory
  let wrapping: Wrapping | undefined = kubelet ? 'kubelet' : undefined
  const streams = new Map<string, StreamLines>()
  let rest: Buffer = Buffer.alloc(0)

  /** Splits the bytes of a chunk; what is not split yet is the rest. */
  function* take(bytes: Buffer, last: boolean): Generator<RecordBatch> {
    if (wrapping === 'none') {
      const used = splitRecords(bytes, format, last, columns)
      rest = bytes.subarray(used)
      if (columns.count > 0) yield { stream: '', bytes, columns, readMs: unknown }
      return
    }
    rest = addLines(bytes, last)
    for (const [stream, lines] of streams) {
      const end = last ? lines.length : lines.whole
      const whole = lines.bytes.subarray(0, end)
      const used = splitRecords(whole, format, last, columns)
      if (columns.count > 0)
        yield { stream, bytes: whole, columns, readMs: (row) => lines.readMs(columns.starts[row] ?? 0) }
      lines.drop(used)
    }
  }

  /** Takes the wrapping off each line. Returns the bytes of the last line, if it has not ended. */
  const addLines = (bytes: Buffer, last: boolean): Buffer => {
    let start = 0
    while (start < bytes.length) {
      const found = bytes.indexOf(lineBreak, start)
      if (found === -1 && !last) break
      const line = bytes.subarray(start, found === -1 ? bytes.length : found)
      const unwrapped = unwrap(wrapping ?? 'none', line)
      const lines = streams.get(unwrapped.stream) ?? new StreamLines()
      streams.set(unwrapped.stream, lines)
      lines.add(unwrapped)
      start = found === -1 ? bytes.length : found + 1
    }
    return bytes.subarray(start)
  }

  // What is not split yet is moved to the start of the window.
  let length = 0
  const append = (chunk: Buffer): Buffer => {
    const window = memory.window(length, length + chunk.length)
    chunk.copy(window, length)
    length += chunk.length
    return window.subarray(0, length)
  }
  for await (const chunk of chunks) {
    const bytes = append(chunk)
    rest = bytes
    const firstEnd = wrapping === undefined ? bytes.indexOf(lineBreak) : -1
    if (firstEnd !== -1) wrapping = wrappingOf(bytes.subarray(0, firstEnd))
    if (wrapping !== undefined) yield* take(bytes, false)
    if (rest.length >= maxLineBytes) {
      wrapping ??= 'none'
      yield* take(rest, true)
    }
    if (rest.length < length) memory.window(length, length).copyWithin(0, length - rest.length, length)
    length = rest.length
  }
  rest = memory.window(length, length).subarray(0, length)
  wrapping ??= wrappingOf(rest)
  yield* take(rest, true)
}
