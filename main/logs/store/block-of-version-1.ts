import { z } from 'zod'
import { LogFormat } from '../../../preload/contract/profiles.ts'
import { levelOf, type StoredRecord } from './record.ts'

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

/**
 * The records of a block as it was written until 2026-11: length of the columns (4 bytes, little endian), the columns as
 * JSON, the raw texts end to end. Throws for what is none.
 */
export function unpackVersion1(bytes: Buffer): StoredRecord[] {
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
}

function at<T>(column: readonly T[], row: number): T {
  const value = column[row]
  if (value === undefined) throw new RangeError('A column is too short')
  return value
}
