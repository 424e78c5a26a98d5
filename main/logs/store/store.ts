import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { LogCount, LogQuery, LogRecord, LogStatus, PlacedLines } from '../../../preload/contract/logs.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Batch } from './batch.ts'
import { SignatureBudget } from './block-index.ts'
import { type Bookmark, readBookmark, writeBookmark } from './bookmark.ts'
import { Catalog } from './catalog.ts'
import { Damage } from './damage.ts'
import { lastMarks, type Mark } from './mark.ts'
import type { HistogramRow } from './minute-counts.ts'
import type { PackedBlock } from './packed-block.ts'
import { Partition } from './partition.ts'
import { placeOf, positionAt } from './places.ts'
import { type CompiledQuery, compileQuery, timesOf } from './query.ts'
import { RecentCounts } from './recent-counts.ts'
import { fromId, maskOf, type Position, type StoredRecord } from './record.ts'
import { expiredDays, type RetentionPolicy, type StoredDay } from './retention.ts'
import { type SearchedPartition, searchPartitions } from './search.ts'
import { readSpool, removeSpool, spoolsIn } from './spool.ts'
import { WriterLock } from './writer-lock.ts'

const catalogName = 'catalog.db'
const countReportMs = 250

/** A number from 0 on, an id, or a time (RFC 3339). */
export type PlaceTarget = { readonly place: number } | { readonly record: string } | { readonly time: string }

/**
 * A plane's logs on this computer: a catalog and one partition per day, each an encrypted file. One writer at a time, which has the lock;
 * any number of readers, in other threads and processes.
 */
export class LogStore {
  readonly #folder: string
  readonly #catalog: Catalog
  readonly #readonly: boolean
  readonly #open = new Map<string, Partition>()
  readonly #signatures = new SignatureBudget()
  readonly #matchCounts = new RecentCounts()
  /** Of the last look at all partitions: those that do not open. */
  readonly #damage = new Damage()
  /** How far each stream is stored. */
  readonly #marks = new Map<string, string>()
  /** Partitions to which this writer has written. */
  readonly #written = new Set<string>()

  /** Of a writer that has no lock from its caller. */
  readonly #lock: WriterLock | undefined

  private constructor(folder: string, catalog: Catalog, readonly: boolean, lock?: WriterLock) {
    this.#folder = folder
    this.#catalog = catalog
    this.#readonly = readonly
    this.#lock = lock
    this.#readMarks()
  }

  /** Under the caller's lock, or one of its own. Throws LOG_STORE_BUSY, or LOG_STORE_DAMAGED if the key is wrong. */
  static writing(folder: string, key: Buffer, held?: WriterLock): LogStore {
    const lock = held === undefined ? WriterLock.acquire(folder) : undefined
    try {
      const store = new LogStore(folder, Catalog.writing(join(folder, catalogName), key), false, lock)
      store.#takeMarks()
      store.#takeSpools(key)
      return store
    } catch (error) {
      lock?.release()
      throw error
    }
  }

  /** Reads how far everything is stored from the partitions that were written last. */
  #takeMarks(): void {
    const partitions = this.#catalog
      .written()
      .flatMap((name) => this.#damage.skip(() => this.#partition(name, this.#catalog.keyOf(name))) ?? [])
    const lastSeq = partitions.reduce((last, partition) => Math.max(last, partition.lastSeq()), -1)
    this.#catalog.takeMarks(lastMarks(partitions.flatMap((partition) => partition.marks())).values(), lastSeq)
    this.#readMarks()
  }

  #readMarks(): void {
    for (const { name, value } of lastMarks(this.#catalog.marks()).values()) this.#marks.set(name, value)
  }

  /** Stores what was sealed while the vault was locked. */
  #takeSpools(key: Buffer): void {
    for (const name of spoolsIn(this.#folder)) {
      const done = Number(this.#marks.get(name) ?? 0)
      for (const { index, batch } of readSpool(this.#folder, name, key, done)) {
        this.#append(batch, [{ name, value: String(index + 1) }])
      }
      removeSpool(this.#folder, name)
    }
  }

  /** Undefined where nothing was ever stored. Throws LOG_STORE_DAMAGED. */
  static reading(folder: string, key: Buffer): LogStore | undefined {
    const catalog = Catalog.reading(join(folder, catalogName), key)
    return catalog && new LogStore(folder, catalog, true)
  }

  /** A reader has those that the last writer began with. */
  bookmark(stream: string): Bookmark | undefined {
    const text = this.#marks.get(stream)
    return text === undefined ? undefined : readBookmark(text)
  }

  /** Of all streams. */
  bookmarks(): Map<string, Bookmark> {
    const streams = [...this.#marks.keys()].flatMap((stream) => {
      const bookmark = this.bookmark(stream)
      return bookmark === undefined ? [] : [[stream, bookmark] as const]
    })
    return new Map(streams)
  }

  /** Stores the records and the bookmark, or nothing: but a batch over several days can be stored in part, and comes again. */
  append(batch: Batch): void {
    this.#append(batch, [])
  }

  #append({ stream, records, bookmark }: Batch, others: readonly Mark[]): void {
    const first = this.#catalog.reserve(records.length)
    const last = first + records.length - 1
    const numbered = records.map((record, index) => ({ seq: first + index, ...record }))
    const days = Map.groupBy(numbered, ({ atMs }) => partitionName(atMs))
    const lastDay = partitionName(records.at(-1)?.atMs ?? Date.now())
    for (const [name, ofDay] of days) if (name !== lastDay) this.#writtenPartition(name)?.append(ofDay)
    const marks = [{ name: stream, value: writeBookmark(bookmark) }, ...others]
    const stored = marks.map((mark) => ({ ...mark, seq: last }))
    this.#writtenPartition(lastDay)?.append(days.get(lastDay) ?? [], stored)
    for (const { name, value } of marks) this.#marks.set(name, value)
    this.#catalog.setStored(last)
  }

  /**
   * Stores blocks of one day each, and the mark after them. Days are stored one after the other, each with the mark that
   * `markAfter` returns for the days that are stored with it: a crash can be between them.
   */
  appendBlocks(
    blocks: ReadonlyMap<string, readonly PackedBlock[]>,
    markAfter: (days: readonly string[]) => Mark,
  ): void {
    const stored: string[] = []
    for (const [day, ofDay] of blocks) {
      const count = ofDay.reduce((sum, block) => sum + block.count, 0)
      const first = this.#catalog.reserve(count)
      const last = first + count - 1
      stored.push(day)
      const mark = markAfter(stored)
      this.#writtenPartition(day)?.appendBlocks(ofDay, first, [{ ...mark, seq: last }])
      this.#marks.set(mark.name, mark.value)
      this.#catalog.setStored(last)
    }
  }

  mark(name: string): string | undefined {
    return this.#marks.get(name)
  }

  #writtenPartition(name: string): Partition | undefined {
    if (!this.#written.has(name)) this.#catalog.setWritten(name)
    this.#written.add(name)
    return this.#partition(name, this.#catalog.keyOf(name))
  }

  /** In the order of the query; see `searchPartitions`. */
  search(query: LogQuery, signal: AbortSignal) {
    const compiled = compileQuery(query)
    return searchPartitions(this.#matching(compiled), compiled, signal, this.#damage.parts)
  }

  /** The partitions that may have matches, in the order of the query. */
  #matching({ requirement, before, after, order }: CompiledQuery): SearchedPartition[] {
    const [oldestMs, newestMs] = timesOf(requirement)
    const found = this.#partitions().filter(({ name }) => {
      const [fromMs, toMs] = partitionRange(name)
      const isInRange = fromMs <= (before?.atMs ?? toMs) && toMs >= (after?.atMs ?? fromMs)
      return toMs >= oldestMs && fromMs <= newestMs && isInRange
    })
    return order === 'newest' ? found : found.reverse()
  }

  /** The oldest records that arrived after this sequence number, in order of arrival, at most `limit`. */
  after(seq: number, limit: number): StoredRecord[] {
    const last = this.lastSeq()
    if (last <= seq) return []
    return this.#partitions()
      .flatMap(({ partition }) => partition.after(seq, limit))
      .filter((record) => record.seq <= last)
      .sort((a, b) => a.seq - b.seq)
      .slice(0, limit)
  }

  /** The last sequence number up to which all records are stored. */
  lastSeq(): number {
    return this.#catalog.lastStored()
  }

  /** Counts of the records that match, by minute. Throws QUERY_INVALID, or the abort reason. */
  async histogram(query: LogQuery, signal: AbortSignal): Promise<HistogramRow[]> {
    const { levels = [], text = '' } = query
    if (text.trim() === '') {
      const mask = levels.reduce((sum, level) => sum | maskOf(level), 0)
      return this.#counts().filter(({ level }) => mask === 0 || (mask & (1 << level)) !== 0)
    }
    const counts = this.#matchCounts.of(query)
    await counts.update(this.#matching(counts.compiled), signal)
    while (!counts.isComplete) await counts.countNext(signal)
    return counts.rows()
  }

  /** Counts the records that match, in the order of the query. Throws QUERY_INVALID, or the abort reason. */
  async *count(query: LogQuery, signal: AbortSignal): AsyncGenerator<LogCount, void> {
    const counts = this.#matchCounts.of(query)
    await counts.update(this.#matching(counts.compiled), signal)
    let reportedMs = performance.now()
    while (!counts.isComplete) {
      await counts.countNext(signal)
      if (performance.now() - reportedMs < countReportMs) continue
      yield { count: counts.count, isComplete: false }
      reportedMs = performance.now()
    }
    yield { count: counts.count, isComplete: true }
  }

  /**
   * The records from a place of the list on: of a number, a record, or a time. Places are counted from 0 in the order of the
   * query, as far as it is counted. Throws QUERY_INVALID, or the abort reason.
   */
  async place(query: LogQuery, target: PlaceTarget, signal: AbortSignal): Promise<PlacedLines> {
    const counts = this.#matchCounts.of(query)
    const { compiled } = counts
    await counts.update(this.#matching(compiled), signal)
    const { count, isComplete } = counts
    const wanted = Math.min('place' in target ? target.place : 0, Math.max(0, count - 1))
    const position = 'place' in target ? await positionAt(counts, wanted, signal) : startOf(target, compiled.order)
    if (position === undefined) return { place: 0, count, isComplete, records: [] }
    const place = 'place' in target ? wanted : await placeOf(counts, position, signal)
    const { atMs, seq } = position
    const from = compiled.order === 'newest' ? { before: { atMs, seq: seq + 1 } } : { after: { atMs, seq: seq - 1 } }
    const page = { ...compiled, ...from, limit: query.limit ?? compiled.limit }
    const records: LogRecord[] = []
    for await (const event of searchPartitions(this.#matching(page), page, signal)) {
      if (event.kind === 'records') records.push(...event.records)
    }
    return { place, count, isComplete, records }
  }

  #counts(): HistogramRow[] {
    return this.#partitions().flatMap(({ partition }) => new Damage().skip(() => partition.histogram()) ?? [])
  }

  /** Counts and sizes. */
  summary(): Pick<LogStatus, 'records' | 'rawBytes' | 'storedBytes' | 'oldest' | 'newest'> & {
    readonly sources: Map<string, { records: number; newestMs: number }>
  } {
    const sources = new Map<string, { records: number; newestMs: number }>()
    let [records, rawBytes, oldest, newest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const { source, count, rawBytes: bytes, oldestMs, newestMs } of this.#partitions().flatMap(({ partition }) =>
      partition.totals(),
    )) {
      rawBytes += bytes
      records += count
      oldest = Math.min(oldest, oldestMs)
      newest = Math.max(newest, newestMs)
      const known = sources.get(source) ?? { records: 0, newestMs: 0 }
      sources.set(source, { records: known.records + count, newestMs: Math.max(known.newestMs, newestMs) })
    }
    const storedBytes = [catalogName, ...this.#catalog.names().map(fileName)].reduce(
      (sum, name) => sum + this.#sizeOf(name),
      0,
    )
    const time = (ms: number): string | null => (Number.isFinite(ms) ? new Date(ms).toISOString() : null)
    return { records, rawBytes, storedBytes, oldest: time(oldest), newest: time(newest), sources }
  }

  /** What is stored of each day. */
  days(): StoredDay[] {
    return this.#partitions().map(({ name, partition }) => ({
      name,
      records: (new Damage().skip(() => partition.totals()) ?? []).reduce((sum, { count }) => sum + count, 0),
      bytes: this.#sizeOf(fileName(name)),
    }))
  }

  /** Deletes the days that the policy does not keep: first their keys, then their files. Of a writer. */
  removeExpired(policy: RetentionPolicy, nowMs: number): StoredDay[] {
    const expired = expiredDays(this.days(), policy, nowMs)
    // How far streams are stored is in the days that were written last.
    if (expired.length > 0) this.#takeMarks()
    this.#written.clear()
    for (const { name } of expired) {
      this.#open.get(name)?.close()
      this.#open.delete(name)
    }
    this.#catalog.remove(expired.map(({ name }) => name))
    this.#removeFilesWithoutKey()
    return expired
  }

  /** For the vault: another key than that with which the store was opened, once days were deleted. */
  currentKey(): Buffer {
    return this.#catalog.storeKey()
  }

  /** Also those that another process had still open the last time, on a system that does not delete such files. */
  #removeFilesWithoutKey(): void {
    const known = new Set(this.#catalog.names())
    for (const file of readdirSync(this.#folder)) {
      const name = /^(\d{4}-\d{2}-\d{2})\.db(?:-wal|-shm)?$/.exec(file)?.[1]
      if (name === undefined || known.has(name)) continue
      try {
        rmSync(join(this.#folder, file), { force: true })
      } catch {
        // Without its key it cannot be read; the next time it is deleted.
      }
    }
  }

  /** Closes the files of days that were deleted: until then the disk keeps them. Of a reader, while nothing is read. */
  closeRemoved(): void {
    const known = new Set(this.#catalog.names())
    for (const [name, partition] of this.#open) {
      if (known.has(name)) continue
      partition.close()
      this.#open.delete(name)
    }
  }

  /** With what is not written back yet. */
  #sizeOf(file: string): number {
    return [file, `${file}-wal`].reduce(
      (sum, name) => sum + (statSync(join(this.#folder, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
  }

  close(): void {
    for (const partition of this.#open.values()) partition.close()
    this.#catalog.close()
    this.#lock?.release()
  }

  #partitions(): SearchedPartition[] {
    this.#damage.parts = 0
    return this.#catalog.names().flatMap((name) => {
      const partition =
        this.#open.get(name) ?? this.#damage.skip(() => this.#partition(name, this.#catalog.keyOf(name)))
      return partition === undefined ? [] : [{ name, partition }]
    })
  }

  /** Undefined for a reader when the writer has created the key but stored nothing yet. */
  #partition(name: string, key: Buffer): Partition | undefined {
    const known = this.#open.get(name)
    if (known !== undefined) return known
    const file = join(this.#folder, fileName(name))
    const partition = this.#readonly ? Partition.reading(file, key, this.#signatures) : Partition.writing(file, key)
    if (partition !== undefined) this.#open.set(name, partition)
    return partition
  }
}

/** The position at which a list begins that has this record, or begins at this time. Throws QUERY_INVALID. */
function startOf(target: Exclude<PlaceTarget, { readonly place: number }>, order: CompiledQuery['order']): Position {
  if ('time' in target) {
    const atMs = Date.parse(target.time)
    return { atMs, seq: order === 'newest' ? Number.MAX_SAFE_INTEGER - 1 : 0 }
  }
  const position = fromId(target.record)
  if (position === undefined) throw new Problem('QUERY_INVALID', '`record` is not the id of a record.')
  return position
}

/** Deletes a store's files. Destroy its key before: then nothing can be read, even if the disk keeps parts of them. */
export function removeStore(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** The day, in UTC: "2026-11-22". */
export function partitionName(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

function partitionRange(name: string): readonly [number, number] {
  const start = Date.parse(`${name}T00:00:00Z`)
  return [start, start + 86_400_000 - 1]
}

const fileName = (name: string): string => `${name}.db`
