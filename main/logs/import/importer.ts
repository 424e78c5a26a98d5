import { z } from 'zod'
import { Problem } from '../../../preload/contract/problem.ts'
import { maxRecordBytes } from '../parse/boundaries.ts'
import { clockErrorMs } from '../parse/clock-error.ts'
import { blockBytes } from '../store/block.ts'
import { type Columns, fromKubelet, type Origin, type Text } from '../store/block-columns.ts'
import type { Mark } from '../store/mark.ts'
import type { PackedBlock } from '../store/packed-block.ts'
import { partitionName } from '../store/store.ts'
import { BlockBuilder, BlockMemories } from './block-builder.ts'
import type { RecordBatch } from './split-log.ts'

/** How far an import is: the log of it that is read, and how many records of each of its streams are stored. */
const Position = z.object({ log: z.int(), records: z.record(z.string(), z.int()) })
type Position = z.infer<typeof Position>

/** `ahead`: of a day, the records up to a later position are stored already. */
const StoredPosition = z.object({ ...Position.shape, ahead: z.record(z.string(), Position), isDone: z.boolean() })
export type StoredPosition = z.infer<typeof StoredPosition>

const start: StoredPosition = { log: 0, records: {}, ahead: {}, isDone: false }

/** The start where there is no mark, or one that this version does not understand. */
export function readPosition(mark: string | undefined): StoredPosition {
  const parsed = StoredPosition.safeParse(JSON.parse(mark ?? 'null'))
  return parsed.success ? parsed.data : start
}

export interface ImportPorts {
  /** Stores blocks by day, and the mark after them: see `LogStore`. */
  readonly store: (
    blocks: ReadonlyMap<string, readonly PackedBlock[]>,
    markAfter: (days: readonly string[]) => Mark,
  ) => void
  /** The columns and the text are valid until it returns. */
  readonly pack: (columns: Columns, text: Text, signal: AbortSignal) => Promise<PackedBlock>
  /** Whether a record is stored already; asked once for each record, in their order. */
  readonly isKnown?: (atMs: number, raw: Uint8Array) => boolean
  /** Blocks are stored in units of about this size, with the position after them. Default 4 MiB. */
  readonly unitBytes?: number
}

const defaultUnitBytes = 4 * 1_024 * 1_024
/** A day is a file of the store. */
const maxDays = 1_000
const dayMs = 86_400_000

interface Unit {
  readonly blocks: { readonly day: string; readonly packed: Promise<PackedBlock> }[]
  bytes: number
}

const newUnit = (): Unit => ({ blocks: [], bytes: 0 })

/**
 * Makes blocks of the records of an import, and stores them in order while the next ones are read. Records that an earlier
 * attempt has stored are passed over. Call `begin` for each log, `add` for its records, and `end` at last.
 */
export class Importer {
  readonly #name: string
  readonly #from: StoredPosition
  readonly #ports: ImportPorts
  readonly #signal: AbortSignal
  readonly #isResumed: boolean
  readonly #memories = new BlockMemories()
  readonly #builders = new Map<string, BlockBuilder>()
  #position: Position = { log: -1, records: {} }
  #origin: Origin = { source: '', pod: '', container: '', parser: 'auto' }
  #lastMs = Number.NaN
  #fallbackMs = 0
  #stored: StoredPosition
  #unit = newUnit()
  #storing: Promise<void> = Promise.resolve()
  /** Records that this attempt has stored. */
  records = 0

  constructor(name: string, from: StoredPosition, ports: ImportPorts, signal: AbortSignal) {
    this.#name = name
    this.#from = from
    this.#stored = from
    this.#ports = ports
    this.#signal = signal
    this.#isResumed = Object.keys(from.ahead).length > 0
  }

  /** Whether the next log has anything that is not stored. */
  get isNextStored(): boolean {
    return this.#position.log + 1 < this.#from.log
  }

  /** `fallbackMs` is the time of records before the first one with a time. */
  begin(origin: Origin, fallbackMs: number): void {
    this.#position = { log: this.#position.log + 1, records: {} }
    this.#origin = origin
    this.#lastMs = Number.NaN
    this.#fallbackMs = fallbackMs
  }

  /** Waits while too much is in work. Throws LOG_IMPORT_LIMIT, and what the ports throw. */
  async add(batch: RecordBatch): Promise<void> {
    this.#addTimes(batch)
    const { bytes, columns, stream } = batch
    const { starts, ends, timesMs, levels, count } = columns
    const table = { bytes, starts, ends, timesMs, levels }
    const firstIndex = this.#position.records[stream] ?? 0
    let [dayStart, builder, run] = [Number.NaN, new BlockBuilder(this.#memories), 0]
    for (let row = 0; row < count; row += 1) {
      const atMs = timesMs[row] ?? 0
      const isOtherDay = !(atMs >= dayStart && atMs < dayStart + dayMs)
      const isSkipped =
        this.#isStored(stream, firstIndex + row, atMs) ||
        this.#ports.isKnown?.(atMs, bytes.subarray(starts[row], ends[row])) === true
      const isLarge = (ends[row] ?? 0) - (starts[row] ?? 0) > maxRecordBytes
      const isFull = builder.length + (ends[row] ?? 0) - (starts[run] ?? 0) > blockBytes
      if (isOtherDay || isSkipped || isLarge || isFull) {
        if (row > run) builder.add(table, run, row, this.#origin)
        run = row
      }
      if (isFull && !builder.isEmpty) this.#send(dayStart, builder)
      if (isOtherDay) {
        dayStart = Math.floor(atMs / dayMs) * dayMs
        builder = this.#builder(partitionName(dayStart))
      }
      if (isLarge && !isSkipped) this.#addParts(table, row, dayStart, builder)
      if (isSkipped || isLarge) run = row + 1
    }
    if (count > run) builder.add(table, run, count, this.#origin)
    this.#position.records[stream] = firstIndex + count
    this.#unit.bytes += count > 0 ? (ends[count - 1] ?? 0) - (starts[0] ?? 0) : 0
    if (this.#unit.bytes >= (this.#ports.unitBytes ?? defaultUnitBytes)) await this.#endUnit(false)
  }

  /** Stores the rest. */
  async end(): Promise<void> {
    await this.#endUnit(true)
    await this.#storing
  }

  /** Fills in the times of records that have none of their own, and marks them. */
  #addTimes({ columns, readMs }: RecordBatch): void {
    const { timesMs, times, levels, count } = columns
    if (Number.isNaN(this.#lastMs)) {
      const first = times.subarray(0, count).findIndex((kind) => kind !== 0)
      this.#lastMs = (first === -1 ? undefined : timesMs[first]) ?? this.#fallbackMs
    }
    for (let row = 0; row < count; row += 1) {
      const read = readMs(row)
      // Without a zone, a time counts as UTC: containers have no other zone, as a rule.
      const hasTime = times[row] !== 0 && !(Math.abs((timesMs[row] ?? 0) - read) > clockErrorMs)
      if (hasTime) this.#lastMs = timesMs[row] ?? 0
      else {
        if (!Number.isNaN(read)) this.#lastMs = read
        timesMs[row] = this.#lastMs
        levels[row] = (levels[row] ?? 0) + fromKubelet
      }
    }
  }

  #isStored(stream: string, index: number, atMs: number): boolean {
    const { log } = this.#position
    if (isBefore(log, stream, index, this.#from)) return true
    const ahead = this.#isResumed ? this.#from.ahead[partitionName(atMs)] : undefined
    return ahead !== undefined && isBefore(log, stream, index, ahead)
  }

  #builder(day: string): BlockBuilder {
    const builder = this.#builders.get(day) ?? new BlockBuilder(this.#memories)
    this.#builders.set(day, builder)
    if (this.#builders.size > maxDays)
      throw new Problem('LOG_IMPORT_LIMIT', `The log has lines of more than ${maxDays} days.`)
    return builder
  }

  /** A record that is larger than a record can be is stored in parts, as when it is collected. */
  #addParts(table: Parameters<BlockBuilder['add']>[0], row: number, dayStart: number, builder: BlockBuilder): void {
    const end = table.ends[row] ?? 0
    for (let from = table.starts[row] ?? 0; from < end; ) {
      let to = Math.min(end, from + maxRecordBytes)
      // Not within a character of UTF-8.
      while (to < end && to > from + maxRecordBytes - 4 && ((table.bytes[to] ?? 0) & 0xc0) === 0x80) to -= 1
      const part = { ...table, starts: Uint32Array.of(from), ends: Uint32Array.of(to) }
      const timesMs = table.timesMs.subarray(row, row + 1)
      builder.add({ ...part, timesMs, levels: table.levels.subarray(row, row + 1) }, 0, 1, this.#origin)
      this.#send(dayStart, builder)
      from = to
    }
  }

  #send(dayStart: number, builder: BlockBuilder): void {
    const { columns, text, memory } = builder.take()
    const packed = this.#ports.pack(columns, text, this.#signal)
    packed.then(
      () => this.#memories.release(memory),
      () => undefined, // thrown when the unit is stored; a thread may still read the memory
    )
    this.#unit.blocks.push({ day: partitionName(dayStart), packed })
  }

  /** One unit is packed and stored while the next one is read. */
  async #endUnit(isDone: boolean): Promise<void> {
    for (const [day, builder] of this.#builders) {
      if (!builder.isEmpty) this.#send(Date.parse(day), builder)
    }
    const [unit, position, earlier] = [this.#unit, structuredClone(this.#position), this.#storing]
    this.#unit = newUnit()
    this.#storing = earlier.then(async () => this.#store(unit, position, isDone))
    this.#storing.catch(() => undefined) // awaited with the next unit
    await earlier
  }

  async #store({ blocks }: Unit, position: Position, isDone: boolean): Promise<void> {
    const packed = await Promise.all(blocks.map(async (block) => ({ day: block.day, block: await block.packed })))
    this.#signal.throwIfAborted()
    const days = new Map<string, PackedBlock[]>()
    for (const { day, block } of packed) days.set(day, [...(days.get(day) ?? []), block])
    const before = this.#stored
    const after: StoredPosition = { ...position, ahead: {}, isDone }
    this.#ports.store(days, (stored) => ({
      name: this.#name,
      value: JSON.stringify(stored.length === days.size ? after : withAhead(before, stored, position)),
    }))
    this.#stored = after
    this.records += packed.reduce((sum, { block }) => sum + block.count, 0)
  }
}

const withAhead = (before: StoredPosition, days: readonly string[], position: Position): StoredPosition => ({
  ...before,
  ahead: { ...before.ahead, ...Object.fromEntries(days.map((day) => [day, position])) },
})

function isBefore(log: number, stream: string, index: number, position: Position): boolean {
  return log < position.log || (log === position.log && index < (position.records[stream] ?? 0))
}
