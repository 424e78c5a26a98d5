import { levelNumber, type StoredRecord } from './record.ts'

export interface HistogramRow {
  readonly source: string
  readonly level: number
  readonly minute: number
  readonly count: number
  readonly rawBytes: number
  readonly oldestMs: number
  readonly newestMs: number
}

const minuteMs = 60_000

/** Counts of records by source, level and minute. */
export class MinuteCounts {
  readonly #rows = new Map<string, { -readonly [Key in keyof HistogramRow]: HistogramRow[Key] }>()

  /** Returns the length of the raw text in bytes. */
  add({ source, level: name, atMs, raw }: StoredRecord): number {
    const [level, minute, bytes] = [levelNumber(name), Math.floor(atMs / minuteMs), Buffer.byteLength(raw)]
    const key = `${level} ${minute} ${source}`
    const row = this.#rows.get(key)
    if (row === undefined) {
      this.#rows.set(key, { source, level, minute, count: 1, rawBytes: bytes, oldestMs: atMs, newestMs: atMs })
      return bytes
    }
    row.count += 1
    row.rawBytes += bytes
    row.oldestMs = Math.min(row.oldestMs, atMs)
    row.newestMs = Math.max(row.newestMs, atMs)
    return bytes
  }

  rows(): HistogramRow[] {
    return [...this.#rows.values()]
  }
}
