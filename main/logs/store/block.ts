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
import { toLowerCase } from './lower-case.ts'
import { levelOf, type StoredRecord } from './record.ts'
import { foldsIntoAscii } from './signature.ts'

/** The approximate size of a block before compression: larger blocks search slower, smaller ones compress worse. */
export const blockBytes = 256 * 1_024
/** A single event is at most 1 MB: no block that we wrote is larger than this when unpacked. */
const maxUnpackedBytes = 8 * 1_024 * 1_024
/**
 * In blocks of 256 KB with ids of high entropy, level 1 leaves 25.6 % and level 3 leaves 29.2 %, in 1.7 times the time (the
 * lines of the benchmark): the matches that level 3 finds are shorter than the literals that they interrupt.
 */
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/**
 * Layout of version 2: the number 2 (1 byte); the length of the columns (4 bytes, little endian); columns; text. Both are
 * zstd frames of their own, so that a search decompresses the text and reads the columns only of blocks with a hit.
 * A block of version 1 is one zstd frame, which begins with 0x28.
 */
const version = 2
const headBytes = 5

export function packBlock(columns: Columns, text: Text): Buffer {
  const packed = zstdCompressSync(encodeColumns(columns, text), compression)
  const head = Buffer.alloc(headBytes)
  head[0] = version
  head.writeUInt32LE(packed.length, 1)
  return Buffer.concat([head, packed, zstdCompressSync(text.bytes, compression)])
}

/** Most blocks fit into the first piece of memory: to join several takes a third of the time. */
const unpacking = { maxOutputLength: maxUnpackedBytes, chunkSize: blockBytes + 16 * 1_024 }
const decompress = (packed: Buffer): Buffer => zstdDecompressSync(packed, unpacking)

/** A block that is read: what nobody asks for is neither decompressed nor decoded. All its methods throw BLOCK_DAMAGED. */
export class Block {
  /** The records' text, each with a line break after it. */
  readonly bytes: Buffer
  readonly #firstSeq: number
  readonly #decode: () => { readonly columns: Columns; readonly text: Text }
  #decoded: { readonly columns: Columns; readonly text: Text } | undefined

  private constructor(bytes: Buffer, firstSeq: number, decode: () => { columns: Columns; text: Text }) {
    this.bytes = bytes
    this.#firstSeq = firstSeq
    this.#decode = decode
  }

  static of(records: readonly StoredRecord[]): Block {
    const decoded = columnsOf(records)
    return new Block(decoded.text.bytes, records[0]?.seq ?? 0, () => decoded)
  }

  /** `firstSeq` numbers the first record; blocks of version 1 have the numbers themselves. */
  static unpack(packed: Buffer, firstSeq: number): Block {
    return reading(() => {
      if (packed[0] !== version) return Block.of(unpackVersion1(decompress(packed)))
      const columnsEnd = headBytes + packed.readUInt32LE(1)
      const bytes = decompress(packed.subarray(columnsEnd))
      return new Block(bytes, firstSeq, () => decodeColumns(decompress(packed.subarray(headBytes, columnsEnd)), bytes))
    })
  }

  get columns(): Columns {
    return this.#read().columns
  }

  get text(): Text {
    return this.#read().text
  }

  /**
   * The text with its ASCII letters in lower case, valid until the next call for any block. Undefined where a character
   * beyond ASCII has ASCII letters as its lower case, so that no byte tells.
   */
  folded(): Buffer | undefined {
    return foldsIntoAscii(this.bytes) ? undefined : toLowerCase(this.bytes)
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
    this.#decoded ??= reading(this.#decode)
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
