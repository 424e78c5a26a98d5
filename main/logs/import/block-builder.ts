import { blockBytes } from '../store/block.ts'
import type { Columns, Origin, Text } from '../store/block-columns.ts'

const slackBytes = 64 * 1_024
const usualBytes = blockBytes + slackBytes
const usualRows = 2_048

/** The text and the columns of one block, in memory that threads share: another one packs the block without a copy. */
export interface BlockMemory {
  bytes: Buffer
  rows: Rows
}

type Rows = Pick<Text, 'starts' | 'ends'> & Pick<Columns, 'seqs' | 'timesMs' | 'levels' | 'originOf'>

const newMemory = (bytes = usualBytes, rows = usualRows): BlockMemory => ({
  bytes: newBytes(bytes),
  rows: newRows(rows),
})

const newBytes = (length: number): Buffer => Buffer.from(new SharedArrayBuffer(length))

function newRows(count: number): Rows {
  const words = (): Uint32Array => new Uint32Array(new SharedArrayBuffer(count * 4))
  const doubles = (): Float64Array => new Float64Array(new SharedArrayBuffer(count * 8))
  const seqs = doubles()
  for (let row = 0; row < count; row += 1) seqs[row] = row
  const levels = new Uint8Array(new SharedArrayBuffer(count))
  return { starts: words(), ends: words(), seqs, timesMs: doubles(), levels, originOf: words() }
}

/** Memory of blocks that are packed serves the next ones: to allocate it anew takes as long as to fill it. */
export class BlockMemories {
  readonly #free: BlockMemory[] = []

  take(): BlockMemory {
    return this.#free.pop() ?? newMemory()
  }

  /** For memory that nothing reads any more. Memory of unusual size is not kept. */
  release(memory: BlockMemory): void {
    if (memory.bytes.length <= usualBytes && memory.rows.levels.length <= usualRows * 2) this.#free.push(memory)
  }
}

/** Records of one day, collected until they make a block. */
export class BlockBuilder {
  readonly #memories: BlockMemories
  #memory: BlockMemory | undefined
  #length = 0
  #count = 0
  #origins: Origin[] = []

  constructor(memories: BlockMemories) {
    this.#memories = memories
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  get length(): number {
    return this.#length
  }

  /**
   * Adds the rows from `first` to `end`, without the last one, whose records lie end to end in `bytes` with one line break after
   * each.
   */
  add(
    {
      bytes,
      starts,
      ends,
      timesMs,
      levels,
    }: Pick<Text, 'bytes' | 'starts' | 'ends'> & Pick<Columns, 'timesMs' | 'levels'>,
    first: number,
    end: number,
    origin: Origin,
  ): void {
    const start = starts[first] ?? 0
    const length = (ends[end - 1] ?? 0) - start
    const memory = this.#reserve(this.#length + length + 1, this.#count + end - first)
    bytes.copy(memory.bytes, this.#length, start, start + length)
    memory.bytes[this.#length + length] = 0x0a
    if (this.#origins.at(-1) !== origin) this.#origins.push(origin)
    const originOf = this.#origins.length - 1
    const shift = this.#length - start
    const { rows } = memory
    let row = this.#count
    for (let index = first; index < end; index += 1) {
      rows.starts[row] = (starts[index] ?? 0) + shift
      rows.ends[row] = (ends[index] ?? 0) + shift
      rows.timesMs[row] = timesMs[index] ?? 0
      rows.levels[row] = levels[index] ?? 0
      rows.originOf[row] = originOf
      row += 1
    }
    this.#count = row
    this.#length += length + 1
  }

  /** The block, in memory that its reader releases. The builder is empty after it, and keeps nothing of it. */
  take(): { readonly columns: Columns; readonly text: Text; readonly memory: BlockMemory } {
    const count = this.#count
    const memory = this.#reserve(this.#length, count)
    const { starts, ends, seqs, timesMs, levels, originOf } = memory.rows
    const taken = {
      columns: {
        count,
        seqs: seqs.subarray(0, count),
        timesMs: timesMs.subarray(0, count),
        levels: levels.subarray(0, count),
        originOf: originOf.subarray(0, count),
        origins: this.#origins,
      },
      text: {
        bytes: memory.bytes.subarray(0, this.#length),
        starts: starts.subarray(0, count),
        ends: ends.subarray(0, count),
      },
      memory,
    }
    this.#memory = undefined
    this.#origins = []
    this.#length = 0
    this.#count = 0
    return taken
  }

  #reserve(bytes: number, count: number): BlockMemory {
    this.#memory ??= this.#memories.take()
    const memory = this.#memory
    if (bytes > memory.bytes.length) {
      const larger = newBytes(bytes + slackBytes)
      memory.bytes.copy(larger, 0, 0, this.#length)
      memory.bytes = larger
    }
    if (count > memory.rows.levels.length) {
      const larger = newRows(count * 2)
      larger.starts.set(memory.rows.starts)
      larger.ends.set(memory.rows.ends)
      larger.timesMs.set(memory.rows.timesMs)
      larger.levels.set(memory.rows.levels)
      larger.originOf.set(memory.rows.originOf)
      memory.rows = larger
    }
    return memory
  }
}
