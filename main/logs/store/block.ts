import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { LogFormat } from '../../../preload/contract/profiles.ts'
import { levelNumber, levelOf, type StoredRecord } from './record.ts'

/** The approximate size of a block before compression: larger blocks search slower, smaller ones compress worse. */
export const blockBytes = 256 * 1_024
/** A single event is at most 1 MB: no block that we wrote is larger than this when unpacked. */
const maxUnpackedBytes = 8 * 1_024 * 1_024
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 3 } }

/** Columns beside the raw texts; repeated names are stored once and numbered. */
const Columns = z.object({
  names: z.array(z.string()),
  seq: z.array(z.int()),
  atMs: z.array(z.int()),
  kubelet: z.array(z.int()),
  level: z.array(z.int()),
  source: z.array(z.int()),
  pod: z.array(z.int()),
  container: z.array(z.int()),
  parser: z.array(z.int()),
  bytes: z.array(z.int()),
})

/** Layout: length of the columns (4 bytes, little endian), the columns as JSON, the raw texts end to end; all zstd. */
export function packBlock(records: readonly StoredRecord[]): Buffer {
  const numbers = new Map<string, number>()
  const number = (name: string): number => {
    const known = numbers.get(name)
    if (known !== undefined) return known
    numbers.set(name, numbers.size)
    return numbers.size - 1
  }
  const raws = records.map(({ raw }) => Buffer.from(raw))
  const columns: z.infer<typeof Columns> = {
    seq: records.map(({ seq }) => seq),
    atMs: records.map(({ atMs }) => atMs),
    kubelet: records.map(({ atSource }) => (atSource === 'kubelet' ? 1 : 0)),
    level: records.map(({ level }) => levelNumber(level)),
    source: records.map(({ source }) => number(source)),
    pod: records.map(({ pod }) => number(pod)),
    container: records.map(({ container }) => number(container)),
    parser: records.map(({ parser }) => number(parser)),
    bytes: raws.map(({ length }) => length),
    names: [...numbers.keys()],
  }
  const head = Buffer.from(JSON.stringify(columns))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(head.length)
  return zstdCompressSync(Buffer.concat([length, head, ...raws]), compression)
}

/** Throws BLOCK_DAMAGED. */
export function unpackBlock(packed: Buffer): StoredRecord[] {
  try {
    const bytes = zstdDecompressSync(packed, { maxOutputLength: maxUnpackedBytes })
    const headEnd = 4 + bytes.readUInt32LE(0)
    const columns = Columns.parse(JSON.parse(bytes.toString('utf8', 4, headEnd)))
    let start = headEnd
    return columns.seq.map((seq, row) => {
      const end = start + at(columns.bytes, row)
      const raw = bytes.toString('utf8', start, end)
      start = end
      const parser = at(columns.names, at(columns.parser, row))
      return {
        seq,
        atMs: at(columns.atMs, row),
        atSource: at(columns.kubelet, row) === 1 ? 'kubelet' : 'line',
        level: levelOf(at(columns.level, row)),
        source: at(columns.names, at(columns.source, row)),
        pod: at(columns.names, at(columns.pod, row)),
        container: at(columns.names, at(columns.container, row)),
        parser: parser === 'gap' ? parser : LogFormat.parse(parser),
        raw,
      }
    })
  } catch (error) {
    throw new Problem('BLOCK_DAMAGED', 'A block of logs cannot be read.', '', { cause: error })
  }
}

function at<T>(column: readonly T[], row: number): T {
  const value = column[row]
  if (value === undefined) throw new RangeError('A column is too short')
  return value
}
