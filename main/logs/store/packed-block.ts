import { packBlock, partsOf } from './block.ts'
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
  const { count, origins } = columns
  const minutes = countMinutes(columns, text)
  let [minMs, maxMs, levels, rawBytes] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  for (const row of minutes) {
    minMs = Math.min(minMs, row.oldestMs)
    maxMs = Math.max(maxMs, row.newestMs)
    levels |= 1 << row.level
    rawBytes += row.rawBytes
  }
  const parts = partsOf(columns, text)
  const { signature, filters } = sign(parts.map((part) => part.text.bytes))
  return { count, minMs, maxMs, levels, rawBytes, origins, signature, minutes, data: packBlock(parts, filters) }
}

function countMinutes({ count, timesMs, levels, originOf, origins }: Columns, text: Text): HistogramRow[] {
  const minutes = new MinuteCounts()
  const counted = { source: '', level: 0, atMs: 0, rawBytes: 0 }
  for (let row = 0; row < count; row += 1) {
    counted.source = origins[originOf[row] ?? 0]?.source ?? ''
    counted.level = (levels[row] ?? 0) % fromKubelet
    counted.atMs = timesMs[row] ?? 0
    counted.rawBytes = (text.ends[row] ?? 0) - (text.starts[row] ?? 0)
    minutes.add(counted)
  }
  return minutes.rows()
}
