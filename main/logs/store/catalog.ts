import { randomBytes } from 'node:crypto'
import type Database from 'better-sqlite3-multiple-ciphers'
import { openForReading, openForWriting, unwrapKey, wrapKey } from './cipher.ts'

const schema = `
  CREATE TABLE IF NOT EXISTS partition (name TEXT PRIMARY KEY, wrapped_key BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS bookmark (stream TEXT PRIMARY KEY, ns TEXT NOT NULL, seen TEXT NOT NULL, restarts INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
`

/** The last stored line of a container: its time, and the hashes of the stored lines that have this very time. */
export interface Bookmark {
  readonly ns: bigint
  readonly seen: readonly string[]
  /** The restart count of the instance that wrote it, at least: the pod's status may lag. */
  readonly restarts: number
}

interface BookmarkRow {
  stream: string
  ns: string
  seen: string
  restarts: number
}

const toBookmark = ({ ns, seen, restarts }: BookmarkRow): Bookmark => ({
  ns: BigInt(ns),
  seen: seen.split(' ').filter((hash) => hash !== ''),
  restarts,
})

/** The partitions of a plane's store, with their keys encrypted under the store's key, and the bookmark of each stream. */
export class Catalog {
  readonly #database: Database.Database
  readonly #storeKey: Buffer

  private constructor(database: Database.Database, storeKey: Buffer) {
    this.#storeKey = Buffer.from(storeKey)
    this.#database = database
  }

  static writing(file: string, storeKey: Buffer): Catalog {
    return new Catalog(openForWriting(file, storeKey, schema), storeKey)
  }

  /** Undefined where nothing was ever stored. */
  static reading(file: string, storeKey: Buffer): Catalog | undefined {
    const database = openForReading(file, storeKey)
    return database && new Catalog(database, storeKey)
  }

  /** Of the partitions, the newest first. */
  names(): string[] {
    return this.#database.prepare('SELECT name FROM partition ORDER BY name DESC').pluck().all() as string[] // our own schema
  }

  /** The key of a partition; a new random one if it has none. */
  keyOf(name: string): Buffer {
    const row = this.#database.prepare('SELECT wrapped_key AS wrapped FROM partition WHERE name = ?').get(name) as
      | { wrapped: Buffer }
      | undefined // our own schema
    if (row !== undefined) return unwrapKey(row.wrapped, this.#storeKey, name)
    const key = randomBytes(32)
    this.#database.prepare('INSERT INTO partition VALUES (?, ?)').run(name, wrapKey(key, this.#storeKey, name))
    return key
  }

  /** Reserves this many sequence numbers; returns the first. */
  reserve(count: number): number {
    const row = this.#database
      .prepare(
        "INSERT INTO counter VALUES ('seq', ?) ON CONFLICT DO UPDATE SET value = value + excluded.value RETURNING value",
      )
      .get(count) as { value: number } // our own schema
    return row.value - count
  }

  /**
   * The last sequence number up to which all records are stored; -1 before the first. A batch over midnight is in two
   * partitions: until both have it, it is not stored. A store of an earlier version has only the numbers that were reserved.
   */
  lastStored(): number {
    return (this.counter('stored') || this.counter('seq')) - 1
  }

  /** Sets how far a stream, and the whole store, is stored. */
  setStored(stream: string, bookmark: Bookmark, seq: number): void {
    this.#database.transaction(() => {
      this.#setBookmark(stream, bookmark)
      this.setCounter('stored', seq + 1)
    })()
  }

  /** A number under a name; 0 where there is none. */
  counter(name: string): number {
    const row = this.#database.prepare('SELECT value FROM counter WHERE name = ?').get(name) as
      | { value: number }
      | undefined // our own schema
    return row?.value ?? 0
  }

  setCounter(name: string, value: number): void {
    this.#database.prepare('INSERT OR REPLACE INTO counter VALUES (?, ?)').run(name, value)
  }

  removeCounter(name: string): void {
    this.#database.prepare('DELETE FROM counter WHERE name = ?').run(name)
  }

  bookmark(stream: string): Bookmark | undefined {
    const row = this.#database.prepare('SELECT * FROM bookmark WHERE stream = ?').get(stream) as BookmarkRow | undefined // our own schema
    return row && toBookmark(row)
  }

  bookmarks(): Map<string, Bookmark> {
    const rows = this.#database.prepare('SELECT * FROM bookmark').all() as BookmarkRow[] // our own schema
    return new Map(rows.map((row) => [row.stream, toBookmark(row)]))
  }

  #setBookmark(stream: string, { ns, seen, restarts }: Bookmark): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO bookmark VALUES (?, ?, ?, ?)')
      .run(stream, String(ns), seen.join(' '), restarts)
  }

  close(): void {
    this.#database.close()
    this.#storeKey.fill(0)
  }
}
