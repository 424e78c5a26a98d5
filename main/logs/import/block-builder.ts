import { blockBytes } from '../store/block.ts'
import type { Columns, Origin, Text } from '../store/block-columns.ts'

const slackBytes = 64 * 1_024
const firstRows = 2_048

/** Records of one day, collected until they make a block. */
export class BlockBuilder {
  #bytes = Buffer.alloc(0)
  #length = 0
  #count = 0
  #rows = newRows(0)
  #origins: Origin[] = []

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
    this.#reserve(this.#length + length + 1, this.#count + end - first)
    bytes.copy(this.#bytes, this.#length, start, start + length)
    this.#bytes[this.#length + length] = 0x0a
    if (this.#origins.at(-1) !== origin) this.#origins.push(origin)
    const originOf = this.#origins.length - 1
    const shift = this.#length - start
    const rows = this.#rows
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

  /** The block. The builder is empty after it, and keeps nothing of it: another thread reads it later. */
  take(): { readonly columns: Columns; readonly text: Text } {
    const count = this.#count
    const { starts, ends, timesMs, levels, originOf } = this.#rows
    const seqs = new Float64Array(count)
    for (let row = 1; row < count; row += 1) seqs[row] = row
    const taken = {
      columns: { count, seqs, timesMs, levels, originOf, origins: this.#origins },
      text: {
        bytes: this.#bytes.subarray(0, this.#length),
        starts: starts.subarray(0, count),
        ends: ends.subarray(0, count),
      },
    }
    this.#bytes = Buffer.alloc(0)
    this.#rows = newRows(0)
    this.#origins = []
    this.#length = 0
    this.#count = 0
    return taken
  }

  #reserve(bytes: number, count: number): void {
    if (bytes > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(bytes + slackBytes, blockBytes + slackBytes))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    if (count <= this.#rows.levels.length) return
    const larger = newRows(Math.max(firstRows, count * 2))
    larger.starts.set(this.#rows.starts)
    larger.ends.set(this.#rows.ends)
    larger.timesMs.set(this.#rows.timesMs)
    larger.levels.set(this.#rows.levels)
    larger.originOf.set(this.#rows.originOf)
    this.#rows = larger
  }
}

const newRows = (count: number) => ({
  starts: new Uint32Array(count),
  ends: new Uint32Array(count),
  timesMs: new Float64Array(count),
  levels: new Uint8Array(count),
  originOf: new Uint32Array(count),
})
