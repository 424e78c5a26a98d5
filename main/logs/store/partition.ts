import type Database from 'better-sqlite3-multiple-ciphers'
import { type Block, blockBytes, unpackBlock } from './block.ts'
import { columnsOf } from './block-columns.ts'
import { BlockIndex, indexSchema, type SignatureBudget, writeIndex } from './block-index.ts'
import { openForReading, openForWriting } from './cipher.ts'
import type { StoredMark } from './mark.ts'
import { countable, type HistogramRow, MinuteCounts } from './minute-counts.ts'
import { type PackedBlock, pack } from './packed-block.ts'
import { prepared } from './prepared.ts'
import { levelNumber, levelOf, type StoredRecord } from './record.ts'

const schema = `
  CREATE TABLE IF NOT EXISTS block (
    id INTEGER PRIMARY KEY, min_ms INTEGER NOT NULL, max_ms INTEGER NOT NULL, min_seq INTEGER NOT NULL, max_seq INTEGER NOT NULL,
    count INTEGER NOT NULL, levels INTEGER NOT NULL, raw_bytes INTEGER NOT NULL,
    trigrams BLOB NOT NULL, tokens BLOB NOT NULL, data BLOB NOT NULL);
  CREATE INDEX IF NOT EXISTS block_by_seq ON block (max_seq);
  DROP INDEX IF EXISTS block_by_time;
  ${indexSchema}
  CREATE TABLE IF NOT EXISTS head (
    seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, kubelet INTEGER NOT NULL, level INTEGER NOT NULL,
    source TEXT NOT NULL, pod TEXT NOT NULL, container TEXT NOT NULL, parser TEXT NOT NULL, raw TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS histogram (
    source TEXT NOT NULL, level INTEGER NOT NULL, minute INTEGER NOT NULL, count INTEGER NOT NULL, raw_bytes INTEGER NOT NULL,
    oldest_ms INTEGER NOT NULL, newest_ms INTEGER NOT NULL, PRIMARY KEY (source, level, minute)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value TEXT NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
`

interface HeadRow {
  seq: number
  at_ms: number
  kubelet: number
  level: number
  source: string
  pod: string
  container: string
  parser: string
  raw: string
}

/** The columns of the first version's signatures: its blocks are always read. */
const unsigned = Buffer.alloc(0)

/**
 * One encrypted file of blocks. New records go to `head`, one row each, in one transaction per batch: a crash loses at
 * most the batch that was being written, which the cluster still has. When `head` is as large as a block, it becomes one.
 */
export class Partition {
  readonly #database: Database.Database
  /** Of a reader; it grows with the file. */
  readonly index: BlockIndex
  #headBytes: number

  private constructor(database: Database.Database, budget?: SignatureBudget) {
    this.#database = database
    this.index = new BlockIndex(database, budget)
    const row = prepared(this.#database, 'SELECT coalesce(sum(length(raw)), 0) AS bytes FROM head').get() as {
      bytes: number
    } // our own schema
    this.#headBytes = row.bytes
  }

  static writing(file: string, key: Buffer): Partition {
    return new Partition(openForWriting(file, key, schema))
  }

  /** Undefined where nothing was ever stored in it. */
  static reading(file: string, key: Buffer, budget: SignatureBudget): Partition | undefined {
    const database = openForReading(file, key)
    return database && new Partition(database, budget)
  }

  append(records: readonly StoredRecord[], marks: readonly StoredMark[] = []): void {
    const insert = prepared(this.#database, 'INSERT INTO head VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.#database.transaction(() => {
      const minutes = new MinuteCounts()
      for (const record of records) {
        const { seq, atMs, atSource, level, source, pod, container, parser, raw } = record
        insert.run(seq, atMs, atSource === 'kubelet' ? 1 : 0, levelNumber(level), source, pod, container, parser, raw)
        const counted = countable(record)
        minutes.add(counted)
        this.#headBytes += counted.rawBytes
        if (this.#headBytes >= blockBytes) this.#seal()
      }
      this.#count(minutes.rows())
      this.#mark(marks)
    })()
  }

  /** Stores blocks whose records are numbered from `firstSeq` on, with the marks after them. */
  appendBlocks(blocks: readonly PackedBlock[], firstSeq: number, marks: readonly StoredMark[]): void {
    this.#database.transaction(() => {
      const minutes = new MinuteCounts()
      let seq = firstSeq
      for (const block of blocks) {
        this.#insertBlock(block, seq, seq + block.count - 1)
        for (const row of block.minutes) minutes.merge(row)
        seq += block.count
      }
      this.#count(minutes.rows())
      this.#mark(marks)
    })()
  }

  #count(rows: readonly HistogramRow[]): void {
    const count = prepared(
      this.#database,
      `INSERT INTO histogram VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count,
       raw_bytes = raw_bytes + excluded.raw_bytes, oldest_ms = min(oldest_ms, excluded.oldest_ms),
       newest_ms = max(newest_ms, excluded.newest_ms)`,
    )
    for (const row of rows) {
      count.run(row.source, row.level, row.minute, row.count, row.rawBytes, row.oldestMs, row.newestMs)
    }
  }

  #mark(marks: readonly StoredMark[]): void {
    const mark = prepared(this.#database, 'INSERT OR REPLACE INTO mark VALUES (?, ?, ?)')
    for (const { name, value, seq } of marks) mark.run(name, value, seq)
  }

  #insertBlock(block: PackedBlock, minSeq: number, maxSeq: number): void {
    const { minMs, maxMs, count, levels, rawBytes, data } = block
    const { lastInsertRowid } = prepared(
      this.#database,
      'INSERT INTO block (min_ms, max_ms, min_seq, max_seq, count, levels, raw_bytes, trigrams, tokens, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ).run(minMs, maxMs, minSeq, maxSeq, count, levels, rawBytes, unsigned, unsigned, data)
    writeIndex(this.#database, Number(lastInsertRowid), block)
  }

  marks(): StoredMark[] {
    return prepared(this.#database, 'SELECT name, value, seq FROM mark').all() as StoredMark[] // our own schema
  }

  /** -1 where nothing is stored. */
  lastSeq(): number {
    const query = `SELECT max(coalesce((SELECT max(seq) FROM head), -1), coalesce((SELECT max(max_seq) FROM block), -1))`
    return prepared(this.#database, query).pluck().get() as number // our own schema
  }

  /** Turns the rows of `head` into one block, in the same transaction: a reader sees each record exactly once. */
  #seal(): void {
    const records = this.head()
    const { columns, text } = columnsOf(records)
    this.#insertBlock(pack(columns, text), records[0]?.seq ?? 0, records.at(-1)?.seq ?? 0)
    this.#database.exec('DELETE FROM head')
    this.#headBytes = 0
  }

  /** Records that are not in a block yet, in order of arrival. */
  head(afterSeq = -1): StoredRecord[] {
    const rows = prepared(this.#database, 'SELECT * FROM head WHERE seq > ? ORDER BY seq').all(afterSeq) as HeadRow[] // our own schema
    return rows.map(({ seq, at_ms, kubelet, level, source, pod, container, parser, raw }) => ({
      seq,
      atMs: at_ms,
      atSource: kubelet === 1 ? 'kubelet' : 'line',
      level: levelOf(level),
      source,
      pod,
      container,
      parser: parser as StoredRecord['parser'], // written by `append`
      raw,
    }))
  }

  /** At least the `limit` oldest records after this sequence number, if there are as many. Throws BLOCK_DAMAGED. */
  after(seq: number, limit: number): StoredRecord[] {
    return this.consistently(() => {
      const newer = prepared(
        this.#database,
        'SELECT id, min_seq AS minSeq FROM block WHERE max_seq > ? ORDER BY min_seq',
      ).all(seq) as { id: number; minSeq: number }[] // our own schema
      const found = this.head(seq)
      for (const { id, minSeq } of newer) {
        // Numbers of blocks overlap: an import stores blocks while the head has older records.
        if (found.length >= limit && found.filter((record) => record.seq < minSeq).length >= limit) return found
        const records = this.block(id).flatMap((part) => part.records())
        found.push(...records.filter((record) => record.seq > seq))
      }
      return found
    })
  }

  /** By its parts. Throws BLOCK_DAMAGED. */
  block(id: number): Block[] {
    const row = prepared(this.#database, 'SELECT data, min_seq AS firstSeq FROM block WHERE id = ?').get(id) as
      | { data: Buffer; firstSeq: number }
      | undefined // our own schema
    return row === undefined ? [] : unpackBlock(row.data, row.firstSeq)
  }

  histogram(): HistogramRow[] {
    return prepared(
      this.#database,
      'SELECT source, level, minute, count, raw_bytes AS rawBytes, oldest_ms AS oldestMs, newest_ms AS newestMs FROM histogram',
    ).all() as HistogramRow[] // our own schema
  }

  /** Counts by source and minute, of the levels in this mask; 0: of all levels. */
  minutes(levels: number): Pick<HistogramRow, 'source' | 'minute' | 'count'>[] {
    const query = `SELECT source, minute, sum(count) AS count FROM histogram WHERE @levels = 0 OR (@levels >> level) & 1
      GROUP BY source, minute`
    return prepared(this.#database, query).all({ levels }) as ReturnType<Partition['minutes']> // our own schema
  }

  /** Counts and times of each source. */
  totals(): Pick<HistogramRow, 'source' | 'count' | 'rawBytes' | 'oldestMs' | 'newestMs'>[] {
    const query = `SELECT source, sum(count) AS count, sum(raw_bytes) AS rawBytes, min(oldest_ms) AS oldestMs,
      max(newest_ms) AS newestMs FROM histogram GROUP BY source`
    return prepared(this.#database, query).all() as ReturnType<Partition['totals']> // our own schema
  }

  /** All reads inside see the same state of the file, even if it is written meanwhile. */
  consistently<T>(read: () => T): T {
    return this.#database.transaction(read).deferred()
  }

  close(): void {
    this.#database.close()
  }
}
