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

export const minuteMs = 60_000

/** What is counted of a record. */
export type Counted = Pick<HistogramRow, 'source' | 'level' | 'rawBytes'> & { readonly atMs: number }

export const countable = ({ source, level, atMs, raw }: StoredRecord): Counted => ({
  source,
  level: levelNumber(level),
  atMs,
  rawBytes: Buffer.byteLength(raw),
})

type Row = { -readonly [Key in keyof HistogramRow]: HistogramRow[Key] }

/** Counts of records by source, level and minute. */
export class MinuteCounts {
  readonly #rows = new Map<string, Row>()
  /** Of the last record: the next one is mostly of the same minute. */
  readonly #last = new Map<number, Row>()

  add({ source, level, atMs, rawBytes }: Counted): void {
    const minute = Math.floor(atMs / minuteMs)
    const last = this.#last.get(level)
    const row = last?.minute === minute && last.source === source ? last : this.#row(source, level, minute, atMs)
    row.count += 1
    row.rawBytes += rawBytes
    row.oldestMs = Math.min(row.oldestMs, atMs)
    row.newestMs = Math.max(row.newestMs, atMs)
  }

  merge({ source, level, minute, count, rawBytes, oldestMs, newestMs }: HistogramRow): void {
    const row = this.#row(source, level, minute, oldestMs)
    row.count += count
    row.rawBytes += rawBytes
    row.oldestMs = Math.min(row.oldestMs, oldestMs)
    row.newestMs = Math.max(row.newestMs, newestMs)
  }

  #row(source: string, level: number, minute: number, atMs: number): Row {
    const key = `${level} ${minute} ${source}`
    const row = this.#rows.get(key) ?? { source, level, minute, count: 0, rawBytes: 0, oldestMs: atMs, newestMs: atMs }
    this.#rows.set(key, row)
    this.#last.set(level, row)
    return row
  }

  rows(): HistogramRow[] {
    return [...this.#rows.values()]
  }
}
