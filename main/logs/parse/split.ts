import type { LogFormat } from '../../../preload/contract/profiles.ts'
import { Boundaries, maxRecordBytes, maxRecordLines } from './boundaries.ts'
import { withoutColours } from './colours.ts'
import { grow, type RecordColumns } from './columns.ts'
import { readRecord, spansLines } from './record-head.ts'

const lineBreak = 0x0a
const escapeByte = 0x1b

/**
 * Splits a chunk of one stream into records, with the time and the level of each. Returns the number of bytes that the
 * records cover: the caller puts the rest before the next chunk, since its last record may continue there. With `last`, all
 * bytes are covered. Time is linear in the length, and any bytes are split.
 */
export function splitRecords(bytes: Buffer, format: LogFormat, last: boolean, into: RecordColumns): number {
  into.count = 0
  const boundaries = new Boundaries(format)
  let nextEscape = bytes.indexOf(escapeByte)
  let recordStart = 0
  let recordEnd = 0
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(lineBreak, start)
    if (found === -1 && !last) break
    const end = found === -1 ? bytes.length : found
    if (nextEscape !== -1 && nextEscape < start) nextEscape = bytes.indexOf(escapeByte, start)
    const isColoured = nextEscape !== -1 && nextEscape < end
    const line = isColoured ? withoutColours(bytes.subarray(start, end)) : bytes
    const [from, to] = isColoured ? [0, line.length] : [start, end]
    const begins = boundaries.read(line, from, to)
    const isFull = boundaries.lines >= maxRecordLines || (boundaries.lines > 0 && end - recordStart > maxRecordBytes)
    if (begins || isFull) {
      if (boundaries.lines > 0) add(bytes, recordStart, recordEnd, boundaries, into)
      if (!begins) {
        boundaries.reset()
        boundaries.read(line, from, to)
      }
      boundaries.begin()
      recordStart = start
    } else boundaries.extend()
    recordEnd = end
    start = end + 1
  }
  if (last && boundaries.lines > 0) {
    add(bytes, recordStart, recordEnd, boundaries, into)
    return bytes.length
  }
  return boundaries.lines > 0 ? recordStart : 0
}

function add(bytes: Buffer, start: number, end: number, { head, lines }: Boundaries, into: RecordColumns): void {
  if (lines > 1 && spansLines(head)) readRecord(bytes.subarray(start, end), head)
  grow(into)
  const row = into.count
  into.starts[row] = start
  into.ends[row] = end
  into.timesMs[row] = head.moment.ms
  into.nanos[row] = head.moment.nanos
  into.times[row] = head.time === 'zoned' ? 2 : head.time === 'local' ? 1 : 0
  into.levels[row] = head.level
  into.lines[row] = lines
  into.count += 1
}
