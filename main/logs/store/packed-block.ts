import { packBlock } from './block.ts'
import { type Columns, fromKubelet, type Origin, type Text } from './block-columns.ts'
import { type HistogramRow, MinuteCounts } from './minute-counts.ts'
import { sign } from './signature.ts'

/** A block that was made beside the writer: all that is left is to store it. */
export interface PackedBlock {
  readonly count: number
  readonly minMs: number
  readonly maxMs: number
  /** Bit n: a record has level number n. */
  readonly levels: number
  /** Of the text, without the line breaks after records. */
  readonly rawBytes: number
  readonly origins: readonly Origin[]
  readonly signature: Uint8Array
  readonly minutes: readonly HistogramRow[]
  readonly data: Uint8Array
}

/** Takes about 2 ms: compression and signature are nearly all of it. */
export function pack(columns: Columns, text: Text): PackedBlock {
  const { count, timesMs, levels, originOf, origins } = columns
  const minutes = new MinuteCounts()
  let [minMs, maxMs, mask, rawBytes] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  for (let row = 0; row < count; row += 1) {
    const atMs = timesMs[row] ?? 0
    const level = (levels[row] ?? 0) % fromKubelet
    const length = (text.ends[row] ?? 0) - (text.starts[row] ?? 0)
    minMs = Math.min(minMs, atMs)
    maxMs = Math.max(maxMs, atMs)
    mask |= 1 << level
    rawBytes += length
    minutes.add({ source: origins[originOf[row] ?? 0]?.source ?? '', level, atMs, rawBytes: length })
  }
  const rest = { origins, signature: sign(text), minutes: minutes.rows(), data: packBlock(columns, text) }
  return { count, minMs, maxMs, levels: mask, rawBytes, ...rest }
}
