import { randomBytes } from 'node:crypto'
import type Database from 'better-sqlite3-multiple-ciphers'
import { openForReading, openForWriting, unwrapKey, wrapKey } from './cipher.ts'
import { Damage } from './damage.ts'
import type { StoredMark } from './mark.ts'
import { prepared } from './prepared.ts'
import { catalogKey, daysKey, daysKeyId, newDaysKey } from './store-key.ts'

const schema = `
  CREATE TABLE IF NOT EXISTS partition (name TEXT PRIMARY KEY, wrapped_key BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS bookmark (stream TEXT PRIMARY KEY, ns TEXT NOT NULL, seen TEXT NOT NULL, restarts INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value TEXT NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS written (partition TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS next_key (id BLOB PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
`
const nextKeyName = 'next key of days'

/** A bookmark of an earlier version. */
interface BookmarkRow {
  stream: string
  ns: string
  seen: string
  restarts: number
}

/**
 * The partitions of a plane's store, with their keys encrypted under the store's key of days, and the marks of partitions
 * that are no longer written. It is another file than the records: after a crash it may be behind them, and after a loss of
 * power ahead of them too. So the marks of the partitions that were written last count, not those here.
 */
export class Catalog {
  readonly #database: Database.Database
  readonly #catalogKey: Buffer
  /** As it was when this was opened, or later. */
  #daysKey: Buffer

  private constructor(database: Database.Database, storeKey: Buffer) {
    this.#catalogKey = Buffer.from(catalogKey(storeKey))
    this.#daysKey = Buffer.from(daysKey(storeKey))
    this.#database = database
  }

  static writing(file: string, storeKey: Buffer): Catalog {
    return new Catalog(openForWriting(file, catalogKey(storeKey), schema), storeKey)
  }

  /** Undefined where nothing was ever stored. */
  static reading(file: string, storeKey: Buffer): Catalog | undefined {
    const database = openForReading(file, catalogKey(storeKey))
    return database && new Catalog(database, storeKey)
  }

  /** The store's key as it is now, for the vault: another one than at the start after days were deleted. */
  storeKey(): Buffer {
    this.#followKey()
    const isFirst = this.#daysKey.equals(this.#catalogKey)
    return isFirst ? Buffer.from(this.#catalogKey) : Buffer.concat([this.#catalogKey, this.#daysKey])
  }

  /** Takes the key of days that is in use now: each replaced one opens the next, never the other way. */
  #followKey(): void {
    if (prepared(this.#database, "SELECT 1 FROM sqlite_schema WHERE name = 'next_key'").get() === undefined) return
    for (;;) {
      const next = prepared(this.#database, 'SELECT wrapped FROM next_key WHERE id = ?').get(
        daysKeyId(this.#daysKey),
      ) as { wrapped: Buffer } | undefined // our own schema
      if (next === undefined) return
      const key = unwrapKey(next.wrapped, this.#daysKey, nextKeyName)
      this.#daysKey.fill(0)
      this.#daysKey = key
    }
  }

  /** Of the partitions, the newest first. */
  names(): string[] {
    return prepared(this.#database, 'SELECT name FROM partition ORDER BY name DESC').pluck().all() as string[] // our own schema
  }

  /** The key of a partition; a new random one if it has none. */
  keyOf(name: string): Buffer {
    // One transaction, so that the row is not of a later key than the one that was followed to.
    return this.#database.transaction(() => {
      this.#followKey()
      const row = prepared(this.#database, 'SELECT wrapped_key AS wrapped FROM partition WHERE name = ?').get(name) as
        | { wrapped: Buffer }
        | undefined // our own schema
      if (row !== undefined) return unwrapKey(row.wrapped, this.#daysKey, name)
      const key = randomBytes(32)
      prepared(this.#database, 'INSERT INTO partition VALUES (?, ?)').run(name, wrapKey(key, this.#daysKey, name))
      return key
    })()
  }

  /**
   * Destroys the keys of partitions, and gives the others' a new key of days: with it, an older copy of this file does not
   * open the deleted ones. The vault has to take `storeKey()`, but may do so later.
   */
  remove(names: readonly string[]): void {
    if (names.length === 0) return
    this.#followKey()
    const next = newDaysKey()
    this.#durably(() => {
      const remove = this.#database.prepare('DELETE FROM partition WHERE name = ?')
      for (const name of names) remove.run(name)
      const left = this.#database.prepare('SELECT name, wrapped_key AS wrapped FROM partition').all() as {
        name: string
        wrapped: Buffer
      }[] // our own schema
      const change = this.#database.prepare('UPDATE partition SET wrapped_key = ? WHERE name = ?')
      for (const { name, wrapped } of left) {
        // One that is damaged stays as it is: it is reported when it is read.
        const key = new Damage().skip(() => unwrapKey(wrapped, this.#daysKey, name))
        if (key !== undefined) change.run(wrapKey(key, next, name), name)
      }
      this.#database
        .prepare('INSERT INTO next_key VALUES (?, ?)')
        .run(daysKeyId(this.#daysKey), wrapKey(next, this.#daysKey, nextKeyName))
    })
    this.#daysKey.fill(0)
    this.#daysKey = next
    // What was deleted is in the log of changes until it is written back.
    this.#database.pragma('wal_checkpoint(TRUNCATE)')
  }

  /** Reserves this many sequence numbers; returns the first. */
  reserve(count: number): number {
    const row = prepared(
      this.#database,
      "INSERT INTO counter VALUES ('seq', ?) ON CONFLICT DO UPDATE SET value = value + excluded.value RETURNING value",
    ).get(count) as { value: number } // our own schema
    return row.value - count
  }

  /**
   * The last sequence number up to which all records are stored; -1 before the first. A batch over midnight is in two
   * partitions: until both have it, it is not stored. A store of an earlier version has only the numbers that were reserved.
   */
  lastStored(): number {
    return (this.counter('stored') || this.counter('seq')) - 1
  }

  setStored(seq: number): void {
    this.setCounter('stored', seq + 1)
  }

  /** The partitions with marks that are not here yet. */
  written(): string[] {
    return prepared(this.#database, 'SELECT partition FROM written ORDER BY partition').pluck().all() as string[] // our own schema
  }

  /** To be called before the first record goes to a partition. */
  setWritten(partition: string): void {
    this.#durably(() => prepared(this.#database, 'INSERT OR IGNORE INTO written VALUES (?)').run(partition))
  }

  /** Takes over the marks of the written partitions. `lastSeq` is the last sequence number in them. */
  takeMarks(marks: Iterable<StoredMark>, lastSeq: number): void {
    this.#durably(() => {
      const insert = prepared(this.#database, 'INSERT OR REPLACE INTO mark VALUES (?, ?, ?)')
      for (const { name, value, seq } of marks) insert.run(name, value, seq)
      for (const name of ['seq', 'stored']) this.setCounter(name, Math.max(this.counter(name), lastSeq + 1))
      this.#database.exec('DELETE FROM written')
    })
  }

  /** Also those that an earlier version has stored as bookmarks. */
  marks(): StoredMark[] {
    const rows = prepared(this.#database, 'SELECT * FROM bookmark').all() as BookmarkRow[] // our own schema
    const earlier = rows.map(({ stream, ns, seen, restarts }) => ({
      name: stream,
      value: JSON.stringify({ ns, seen: seen.split(' ').filter((hash) => hash !== ''), restarts }),
      seq: -1,
    }))
    const hasMarks = prepared(this.#database, "SELECT 1 FROM sqlite_schema WHERE name = 'mark'").get() !== undefined
    if (!hasMarks) return earlier
    const marks = prepared(this.#database, 'SELECT name, value, seq FROM mark').all() as StoredMark[] // our own schema
    return [...earlier, ...marks]
  }

  /** On the disk when it returns. */
  #durably(write: () => void): void {
    this.#database.pragma('synchronous=FULL')
    try {
      this.#database.transaction(write)()
    } finally {
      this.#database.pragma('synchronous=NORMAL')
    }
  }

  /** A number under a name; 0 where there is none. */
  counter(name: string): number {
    const row = prepared(this.#database, 'SELECT value FROM counter WHERE name = ?').get(name) as
      | { value: number }
      | undefined // our own schema
    return row?.value ?? 0
  }

  setCounter(name: string, value: number): void {
    prepared(this.#database, 'INSERT OR REPLACE INTO counter VALUES (?, ?)').run(name, value)
  }

  close(): void {
    this.#database.close()
    this.#catalogKey.fill(0)
    this.#daysKey.fill(0)
  }
}
