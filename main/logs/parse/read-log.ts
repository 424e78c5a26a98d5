import { setTimeout as delay } from 'node:timers/promises'
import type { LogFormat } from '../../../preload/contract/profiles.ts'
import { newColumns } from './columns.ts'
import { splitRecords } from './split.ts'
import { maxLineBytes, StreamLines, unwrap, type Wrapping, wrappingOf } from './wrapping.ts'

/** A record of a log that is read from a file or a pipe. */
export interface ReadRecord {
  /** What the program wrote, byte for byte, without the last line break and without a runtime's wrapping. */
  readonly raw: Buffer
  readonly lines: number
  /** When the runtime read its first line, in milliseconds since 1970; undefined where it does not say. */
  readonly readMs: number | undefined
}

export interface ReadOptions {
  readonly format: LogFormat
  /** Each line begins with the kubelet's time. Otherwise the wrapping is recognised. */
  readonly kubelet: boolean
}

const lineBreak = 0x0a
/** A record of a pipe is complete when nothing follows for this long. */
const idleMs = 700

/**
 * The records of a log, in the order in which they end; batches as large as what was read at once. Memory is bounded by the
 * longest line. Throws the reason of the abort, and what the source throws.
 */
export async function* readLog(
  chunks: AsyncIterable<Buffer>,
  { format, kubelet }: ReadOptions,
  signal: AbortSignal,
): AsyncGenerator<ReadRecord[]> {
  const columns = newColumns()
  const streams = new Map<string, StreamLines>()
  let wrapping: Wrapping | undefined = kubelet ? 'kubelet' : undefined

  const add = (line: Buffer, isCut: boolean): void => {
    wrapping ??= wrappingOf(line)
    const unwrapped = unwrap(wrapping, line)
    const lines = streams.get(unwrapped.stream) ?? new StreamLines()
    streams.set(unwrapped.stream, lines)
    lines.add(isCut ? { ...unwrapped, isPartial: false } : unwrapped)
  }
  const take = (last: boolean): ReadRecord[] => {
    const taken = [...streams.values()].flatMap((lines) => {
      const end = last ? lines.length : lines.whole
      const used = splitRecords(lines.bytes.subarray(0, end), format, last, columns)
      const records = Array.from({ length: columns.count }, (_, row): ReadRecord => {
        const start = columns.starts[row] ?? 0
        const readMs = lines.readMs(start)
        return {
          raw: Buffer.from(lines.bytes.subarray(start, columns.ends[row])),
          lines: columns.lines[row] ?? 0,
          readMs: Number.isNaN(readMs) ? undefined : readMs,
        }
      })
      lines.drop(used)
      return records
    })
    return streams.size > 1 ? taken.toSorted((a, b) => (a.readMs ?? 0) - (b.readMs ?? 0)) : taken
  }

  let parts: Buffer[] = []
  let partBytes = 0
  const source = chunks[Symbol.asyncIterator]()
  for (let next = source.next(); ; ) {
    signal.throwIfAborted()
    const result = await untilIdle(next, signal)
    if (result === undefined) {
      yield take(true)
      continue
    }
    if (result.done) break
    next = source.next()
    next.catch(() => undefined) // awaited in the next round
    let rest = result.value
    for (let end = rest.indexOf(lineBreak); end !== -1; end = rest.indexOf(lineBreak)) {
      const tail = rest.subarray(0, end)
      add(partBytes === 0 ? tail : Buffer.concat([...parts, tail]), false)
      parts = []
      partBytes = 0
      rest = rest.subarray(end + 1)
    }
    const hasLines = rest.length < result.value.length
    parts.push(rest)
    partBytes += rest.length
    if (partBytes >= maxLineBytes) {
      add(Buffer.concat(parts), true)
      parts = []
      partBytes = 0
      yield take(false)
    } else if (hasLines) yield take(false) // else every chunk of a long line would split what waits for its end again
  }
  if (partBytes > 0) add(Buffer.concat(parts), false)
  yield take(true)
}

/** The result, or undefined when it does not come in time. */
async function untilIdle<T>(result: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const stop = new AbortController()
  try {
    const idle = delay(idleMs, undefined, { signal: AbortSignal.any([signal, stop.signal]) })
    return await Promise.race([result, idle])
  } finally {
    stop.abort()
  }
}
