import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { Problem } from '../../../preload/contract/problem.ts'
import {
  type Columns,
  columnsOf,
  decodeColumns,
  encodeColumns,
  fromKubelet,
  type Origin,
  type Text,
} from './block-columns.ts'
import { unpackVersion1 } from './block-of-version-1.ts'
import { levelOf, type StoredRecord } from './record.ts'
import { filterBytes, mayHold } from './signature.ts'

/** The approximate size of a block before compression: larger blocks search slower, smaller ones compress worse. */
export const blockBytes = 256 * 1_024
/** A single event is at most 1 MB: no block that we wrote is larger than this when unpacked. */
const maxUnpackedBytes = 8 * 1_024 * 1_024
/**
 * In blocks of 256 KB with ids of high entropy, level 1 leaves 25.6 % and level 3 leaves 29.2 %, in 1.7 times the time (the
 * lines of the benchmark): the matches that level 3 finds are shorter than the literals that they interrupt.
 */
const level = { [constants.ZSTD_c_compressionLevel]: 1 }

/** With the size given, zstd takes memory for that size, and the result mostly fits into the first piece. */
const compress = (bytes: Buffer): Buffer =>
  zstdCompressSync(bytes, {
    params: level,
    pledgedSrcSize: bytes.length,
    chunkSize: Math.max(1_024, bytes.length >>> 1),
  })

/** The approximate size of a part before compression: a search decompresses whole parts. In frames of 64 KB, 25.7 % are left. */
const partBytes = 64 * 1_024

/**
 * Layout of version 3: the number 3 (1 byte), the number of parts (2 bytes), the length of the columns (4 bytes); for each part
 * its sequence number after the one of the block (8 bytes), the lengths of its columns before compression and of its text (4
 * bytes each), and its filter; the columns of all parts as one zstd frame; the text of each part as a zstd frame. All numbers are
 * little endian. A search decompresses the text of parts that may have a hit, and the columns only for a hit.
 * Version 2 is one part without a filter: the number 2, the length of the columns, columns, text. A block of version 1 is one
 * zstd frame, which begins with 0x28.
 */
const version = 3
const headBytes = 7
const partHeadBytes = 16 + filterBytes
const headBytesOfVersion2 = 5

/** Records of a block that are compressed together. */
export interface Part {
  readonly columns: Columns
  readonly text: Text
  /** Of its first record, after that of the block. */
  readonly seq: number
}

/** Each part is at least as large as `partBytes`, apart from the last one. */
export function partsOf(columns: Columns, text: Text): Part[] {
  const parts: Part[] = []
  for (let first = 0; first < columns.count; ) {
    const start = text.starts[first] ?? 0
    let end = first
    while (end < columns.count && (text.starts[end] ?? 0) - start < partBytes) end += 1
    parts.push(partOf(columns, text, first, end))
    first = end
  }
  return parts
}

function partOf({ seqs, timesMs, levels, originOf, origins }: Columns, text: Text, first: number, end: number): Part {
  const start = text.starts[first] ?? 0
  const bytes = text.bytes.subarray(start, (text.ends[end - 1] ?? 0) + 1)
  const shifted = (ends: Uint32Array): Uint32Array => ends.subarray(first, end).map((at) => at - start)
  return {
    columns: {
      count: end - first,
      seqs: seqs.subarray(first, end),
      timesMs: timesMs.subarray(first, end),
      levels: levels.subarray(first, end),
      originOf: originOf.subarray(first, end),
      origins,
    },
    text: { bytes, starts: shifted(text.starts), ends: shifted(text.ends) },
    seq: seqs[first] ?? 0,
  }
}

/** `filters` are those of the parts. */
export function packBlock(parts: readonly Part[], filters: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(headBytes + parts.length * partHeadBytes)
  const columns = parts.map((part) => encodeColumns(part.columns, part.text))
  const texts = parts.map(({ text }) => compress(text.bytes))
  const packed = compress(Buffer.concat(columns))
  head[0] = version
  head.writeUInt16LE(parts.length, 1)
  head.writeUInt32LE(packed.length, 3)
  for (const [index, { seq }] of parts.entries()) {
    const at = headBytes + index * partHeadBytes
    head.writeDoubleLE(seq, at)
    head.writeUInt32LE(columns[index]?.length ?? 0, at + 8)
    head.writeUInt32LE(texts[index]?.length ?? 0, at + 12)
    head.set(filters[index] ?? [], at + 16)
  }
  return Buffer.concat([head, packed, ...texts])
}

/** Most parts fit into the first piece of memory: to join several takes a third of the time. */
const unpacking = { maxOutputLength: maxUnpackedBytes, chunkSize: partBytes + 4 * 1_024 }
const unpackingColumns = { ...unpacking, chunkSize: 8 * 1_024 }
const unpackingVersion2 = { ...unpacking, chunkSize: blockBytes + 16 * 1_024 }

/**
 * The parts of a block as blocks of their own. `firstSeq` numbers the first record; blocks of version 1 have the numbers
 * themselves. Throws BLOCK_DAMAGED.
 */
export function unpackBlock(packed: Buffer, firstSeq: number): Block[] {
  return reading(() => {
    if (packed[0] === version) return unpackParts(packed, firstSeq)
    if (packed[0] !== 2) return [Block.of(unpackVersion1(zstdDecompressSync(packed, unpackingVersion2)))]
    const columnsEnd = headBytesOfVersion2 + packed.readUInt32LE(1)
    const columns = packed.subarray(headBytesOfVersion2, columnsEnd)
    return [
      Block.packed({
        firstSeq,
        columns: () => zstdDecompressSync(columns, unpackingColumns),
        text: () => zstdDecompressSync(packed.subarray(columnsEnd), unpackingVersion2),
      }),
    ]
  })
}

function unpackParts(packed: Buffer, firstSeq: number): Block[] {
  const columnsStart = headBytes + packed.readUInt16LE(1) * partHeadBytes
  const columnsEnd = columnsStart + packed.readUInt32LE(3)
  let allColumns: Buffer | undefined
  const columnsOfParts = (): Buffer => {
    allColumns ??= zstdDecompressSync(packed.subarray(columnsStart, columnsEnd), unpackingColumns)
    return allColumns
  }
  const parts: Block[] = []
  let [columnsAt, textAt] = [0, columnsEnd]
  for (let at = headBytes; at < columnsStart; at += partHeadBytes) {
    const [first, last] = [columnsAt, columnsAt + packed.readUInt32LE(at + 8)]
    const text = packed.subarray(textAt, textAt + packed.readUInt32LE(at + 12))
    parts.push(
      Block.packed({
        firstSeq: firstSeq + packed.readDoubleLE(at),
        columns: () => columnsOfParts().subarray(first, last),
        text: () => zstdDecompressSync(text, unpacking),
        filter: packed.subarray(at + 16, at + partHeadBytes),
      }),
    )
    columnsAt = last
    textAt += text.length
  }
  if (textAt !== packed.length) throw new RangeError('The block has another length')
  return parts
}

/** `columns` and `text` are asked for once, if at all. */
interface PackedPart {
  readonly firstSeq: number
  readonly columns: () => Buffer
  readonly text: () => Buffer
  readonly filter?: Uint8Array
}

/** A block, or a part of one. What nobody asks for is neither decompressed nor decoded. All its methods throw BLOCK_DAMAGED. */
export class Block {
  readonly #firstSeq: number
  readonly #filter: Uint8Array | undefined
  readonly #readBytes: () => Buffer
  readonly #decode: (bytes: Buffer) => { readonly columns: Columns; readonly text: Text }
  #bytes: Buffer | undefined
  #decoded: { readonly columns: Columns; readonly text: Text } | undefined

  private constructor(
    firstSeq: number,
    filter: Uint8Array | undefined,
    readBytes: () => Buffer,
    decode: (bytes: Buffer) => { columns: Columns; text: Text },
  ) {
    this.#firstSeq = firstSeq
    this.#filter = filter
    this.#readBytes = readBytes
    this.#decode = decode
  }

  static of(records: readonly StoredRecord[]): Block {
    const decoded = columnsOf(records)
    return new Block(
      records[0]?.seq ?? 0,
      undefined,
      () => decoded.text.bytes,
      () => decoded,
    )
  }

  static packed({ firstSeq, columns, text, filter }: PackedPart): Block {
    return new Block(firstSeq, filter, text, (bytes) => decodeColumns(columns(), bytes))
  }

  /** Whether it may contain a text with these bits of a filter. */
  mayHold(bits: readonly number[]): boolean {
    return this.#filter === undefined || mayHold(this.#filter, bits)
  }

  /** The records' text, each with a line break after it. */
  get bytes(): Buffer {
    this.#bytes ??= reading(this.#readBytes)
    return this.#bytes
  }

  get columns(): Columns {
    return this.#read().columns
  }

  get text(): Text {
    return this.#read().text
  }

  seq(row: number): number {
    return this.#firstSeq + (this.columns.seqs[row] ?? 0)
  }

  origin(row: number): Origin {
    const { origins, originOf } = this.columns
    const origin = origins[originOf[row] ?? 0]
    if (origin === undefined) throw new RangeError('The block has no such row')
    return origin
  }

  raw(row: number): string {
    const { bytes, starts, ends } = this.text
    return bytes.toString('utf8', starts[row], ends[row])
  }

  record(row: number): StoredRecord {
    const { timesMs, levels } = this.columns
    const level = levels[row] ?? 0
    return {
      seq: this.seq(row),
      atMs: timesMs[row] ?? 0,
      atSource: level >= fromKubelet ? 'kubelet' : 'line',
      level: levelOf(level % fromKubelet),
      ...this.origin(row),
      raw: this.raw(row),
    }
  }

  records(): StoredRecord[] {
    return Array.from({ length: this.columns.count }, (_, row) => this.record(row))
  }

  #read(): { readonly columns: Columns; readonly text: Text } {
    this.#decoded ??= reading(() => this.#decode(this.bytes))
    return this.#decoded
  }
}

function reading<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new Problem('BLOCK_DAMAGED', 'A block of logs cannot be read.', '', { cause: error })
  }
}
