import { createHash } from 'node:crypto'
import { clockErrorMs } from '../parse/clock-error.ts'
import { newColumns } from '../parse/columns.ts'
import { splitRecords } from '../parse/split.ts'
import { levelOf, type Position, type StoredRecord } from '../store/record.ts'
import type { EngineContainer } from './containers.ts'
import type { Entry } from './engine.ts'

/** A record as it would be stored, and the lines of the engine that it is made of. `seq` orders it within its millisecond. */
export interface EngineRecord {
  /** Of its first line, by the engine's time. */
  readonly position: Position
  readonly record: StoredRecord
  /** Indices of its first and last line in the entries. */
  readonly first: number
  readonly last: number
}

const tiesPerNs = 1_000_000_000

/** Before all other records of this time, in ns since 1970. Pure. */
export const positionOf = (ns: bigint, tie = 0): Position => ({
  atMs: Number(ns / 1_000_000n),
  seq: Number(ns % 1_000_000n) * tiesPerNs + tie,
})

/** After all other records of this time. Pure. */
export const positionAfter = (ns: bigint): Position => positionOf(ns, tiesPerNs - 1)

/** Pure. */
export const nsOfPosition = ({ atMs, seq }: Position): bigint =>
  BigInt(atMs) * 1_000_000n + BigInt(Math.floor(seq / tiesPerNs))

/**
 * The records of a container's lines, which follow one another without others between them. Where the lines begin or end within
 * a record, the first or last one is only a part. Positions of records are the same whichever lines are around. Pure.
 */
export function recordsOf(
  entries: readonly Entry[],
  { source, pod, container }: Pick<EngineContainer, 'source' | 'pod' | 'container'>,
  keepsOrder = false,
): EngineRecord[] {
  const lines = entries.map(({ line }) => Buffer.from(line.endsWith('\n') ? line : `${line}\n`))
  let length = 0
  const ends = lines.map((line) => {
    length += line.length
    return length
  })
  const bytes = Buffer.concat(lines, length)
  const columns = newColumns()
  splitRecords(bytes, source.format, true, columns)
  const ties = new Map<string, number>()
  const records: EngineRecord[] = []
  let [first, last, ofSameTime] = [0, 0, 0]
  for (let row = 0; row < columns.count; row += 1) {
    const [start, end] = [columns.starts[row] ?? 0, columns.ends[row] ?? 0]
    while ((ends[first] ?? length) <= start) first += 1
    last = Math.max(first, last)
    while ((ends[last] ?? length) < end) last += 1
    const ns = entries[first]?.ns ?? 0n
    while (entries[ofSameTime]?.ns !== ns) ofSameTime += 1
    const readMs = Number(ns / 1_000_000n)
    const ownMs = columns.timesMs[row] ?? 0
    const hasTime = columns.times[row] !== 0 && Math.abs(ownMs - readMs) <= clockErrorMs
    const raw = bytes.toString('utf8', start, end)
    const text = `${source.id} ${pod} ${container} ${ns} ${raw}`
    const alike = ties.get(text) ?? 0
    ties.set(text, alike + 1)
    const position = keepsOrder
      ? rankedPosition(ns, first - ofSameTime, start - (ends[first - 1] ?? 0), text)
      : positionOf(ns, tieOf(text, alike))
    const record: StoredRecord = {
      seq: position.seq,
      atMs: hasTime ? ownMs : readMs,
      atSource: hasTime ? 'line' : 'kubelet',
      level: levelOf(columns.levels[row] ?? 0),
      source: source.id,
      pod,
      container,
      parser: source.format,
      raw,
    }
    records.push({ position, record, first, last })
  }
  return records
}

/**
 * Of a record of an engine whose times are whole milliseconds: by the place of its first line among those of the millisecond, and
 * by its place in that line, an event of several. Lines of a millisecond are read together, so the place is the same each time.
 */
function rankedPosition(ns: bigint, rank: number, offset: number, text: string): Position {
  const seq = Math.min(rank, 99_999) * 10_000_000_000 + Math.min(offset, 9_999) * 1_000_000 + digestOf(text)
  return { atMs: Number(ns / 1_000_000n), seq }
}

/** Orders what has one time, in the same way each time. Below 1,000,000,000. */
function tieOf(text: string, alike: number): number {
  return digestOf(text) * 1_000 + Math.min(alike, 999)
}

/** Below 1,000,000. */
const digestOf = (text: string): number => createHash('sha1').update(text).digest().readUInt32BE(0) % 1_000_000
