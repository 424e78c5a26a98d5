import { LogFormat } from '../../../preload/contract/profiles.ts'
import { levelNumber, type StoredRecord } from './record.ts'
import { VarintReader, VarintWriter } from './varint.ts'

/** Where records are from, and what parses them. Most blocks have one. */
export type Origin = Pick<StoredRecord, 'source' | 'pod' | 'container' | 'parser'>

/** What a block knows of its records apart from their text, by column: row by row the same record. */
export interface Columns {
  readonly count: number
  /** Order of arrival, counted from the first record of the block: the writer numbers blocks when it stores them. */
  readonly seqs: Float64Array
  readonly timesMs: Float64Array
  /** Level numbers, and `fromKubelet` where the time is not from the line. */
  readonly levels: Uint8Array
  /** Indices into `origins`. */
  readonly originOf: Uint32Array
  readonly origins: readonly Origin[]
}

export const fromKubelet = 8

/** The records end to end, each with a line break after it. The text of row n is from `starts[n]` to `ends[n]`. */
export interface Text {
  readonly bytes: Buffer
  readonly starts: Uint32Array
  readonly ends: Uint32Array
}

const lineBreak = 0x0a
const separator = Buffer.of(lineBreak)

export function columnsOf(records: readonly StoredRecord[]): { readonly columns: Columns; readonly text: Text } {
  const count = records.length
  const origins: Origin[] = []
  const numbers = new Map<string, number>()
  const columns = {
    count,
    seqs: new Float64Array(count),
    timesMs: new Float64Array(count),
    levels: new Uint8Array(count),
    originOf: new Uint32Array(count),
    origins,
  }
  const starts = new Uint32Array(count)
  const ends = new Uint32Array(count)
  const parts: Buffer[] = []
  let start = 0
  for (const [row, { seq, atMs, atSource, level, source, pod, container, parser, raw }] of records.entries()) {
    const key = JSON.stringify([source, pod, container, parser])
    const number = numbers.get(key) ?? origins.length
    if (number === origins.length) origins.push({ source, pod, container, parser })
    numbers.set(key, number)
    columns.originOf[row] = number
    columns.seqs[row] = seq - (records[0]?.seq ?? 0)
    columns.timesMs[row] = atMs
    columns.levels[row] = levelNumber(level) + (atSource === 'kubelet' ? fromKubelet : 0)
    const bytes = Buffer.from(raw)
    starts[row] = start
    ends[row] = start + bytes.length
    start += bytes.length + 1
    parts.push(bytes, separator)
  }
  return { columns, text: { bytes: Buffer.concat(parts), starts, ends } }
}

/** Numbers are written as differences: those of neighbours are alike, and compress to little. */
export function encodeColumns({ count, seqs, timesMs, levels, originOf, origins }: Columns, text: Text): Buffer {
  const writer = new VarintWriter()
  writer.unsigned(count)
  writer.unsigned(origins.length)
  for (const { source, pod, container, parser } of origins) {
    for (const name of [source, pod, container, parser]) writer.text(name)
  }
  for (let row = 1; row < count; row += 1) writer.unsigned((seqs[row] ?? 0) - (seqs[row - 1] ?? 0))
  for (let row = 0; row < count; row += 1) writer.signed((timesMs[row] ?? 0) - (timesMs[row - 1] ?? 0))
  writer.raw(levels.subarray(0, count))
  for (let row = 0; row < count; row += 1) writer.unsigned(originOf[row] ?? 0)
  for (let row = 0; row < count; row += 1) writer.unsigned(breaksIn(text, row))
  return writer.bytes
}

/** Line breaks in the text of the record itself. They stand for its length, which would be a byte for each record. */
function breaksIn({ bytes, starts, ends }: Text, row: number): number {
  const end = ends[row] ?? 0
  let breaks = 0
  for (let at = bytes.indexOf(lineBreak, starts[row]); at !== -1 && at < end; at = bytes.indexOf(lineBreak, at + 1)) {
    breaks += 1
  }
  return breaks
}

/** Throws RangeError or a ZodError where the columns are not what `encodeColumns` wrote for this text. */
export function decodeColumns(encoded: Buffer, bytes: Buffer): { readonly columns: Columns; readonly text: Text } {
  const reader = new VarintReader(encoded)
  const count = reader.unsigned()
  // Each record has a byte of its level at least.
  if (count > encoded.length) throw new RangeError('A column is damaged')
  const origins = Array.from({ length: reader.unsigned() }, (): Origin => {
    const [source, pod, container, parser] = [reader.text(), reader.text(), reader.text(), reader.text()]
    return { source, pod, container, parser: parser === 'gap' ? parser : LogFormat.parse(parser) }
  })
  const seqs = new Float64Array(count)
  for (let row = 1; row < count; row += 1) seqs[row] = (seqs[row - 1] ?? 0) + reader.unsigned()
  const timesMs = new Float64Array(count)
  for (let row = 0; row < count; row += 1) timesMs[row] = (timesMs[row - 1] ?? 0) + reader.signed()
  const levels = Uint8Array.from(reader.raw(count))
  const originOf = new Uint32Array(count)
  for (let row = 0; row < count; row += 1) {
    const number = reader.unsigned()
    if (number >= origins.length) throw new RangeError('A column is damaged')
    originOf[row] = number
  }
  const starts = new Uint32Array(count)
  const ends = new Uint32Array(count)
  let start = 0
  for (let row = 0; row < count; row += 1) {
    starts[row] = start
    for (let breaks = reader.unsigned(); breaks >= 0; breaks -= 1) {
      const found = bytes.indexOf(lineBreak, start)
      if (found === -1) throw new RangeError('The text has fewer lines than the columns')
      ends[row] = found
      start = found + 1
    }
  }
  if (start !== bytes.length) throw new RangeError('The text has more lines than the columns')
  return { columns: { count, seqs, timesMs, levels, originOf, origins }, text: { bytes, starts, ends } }
}
