/** How the time of a record was read; an index into this list. `local`: a time of day without a zone. */
export const timeKinds = ['none', 'local', 'zoned'] as const

/**
 * Records of a chunk of a log, by column; row by row the same record. Nothing is decoded: an import fills and reads
 * more than a million rows a second.
 */
export interface RecordColumns {
  count: number
  /** Range of the record's bytes in the chunk, without its last line break. */
  starts: Uint32Array
  ends: Uint32Array
  /** Whole milliseconds since 1970, and the nanoseconds after them; undefined where `times` is 0. */
  timesMs: Float64Array
  nanos: Uint32Array
  /** Index into `timeKinds`. */
  times: Uint8Array
  /** Index into `levels`. */
  levels: Uint8Array
  lines: Uint32Array
}

export const newColumns = (rows = 1_024): RecordColumns => ({
  count: 0,
  starts: new Uint32Array(rows),
  ends: new Uint32Array(rows),
  timesMs: new Float64Array(rows),
  nanos: new Uint32Array(rows),
  times: new Uint8Array(rows),
  levels: new Uint8Array(rows),
  lines: new Uint32Array(rows),
})

/** Makes room for one more row. */
export function grow(columns: RecordColumns): void {
  if (columns.count < columns.levels.length) return
  const { starts, ends, timesMs, nanos, times, levels, lines } = columns
  Object.assign(columns, newColumns(columns.count * 2), { count: columns.count })
  columns.starts.set(starts)
  columns.ends.set(ends)
  columns.timesMs.set(timesMs)
  columns.nanos.set(nanos)
  columns.times.set(times)
  columns.levels.set(levels)
  columns.lines.set(lines)
}
