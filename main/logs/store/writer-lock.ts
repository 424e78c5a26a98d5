import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3-multiple-ciphers'
import { Problem } from '../../../preload/contract/problem.ts'

/**
 * Held by the one writer of a store. It is SQLite's lock on an empty file, which works in threads and processes of all
 * systems, and ends with its process, however that ends.
 */
export class WriterLock {
  readonly #database: Database.Database

  private constructor(database: Database.Database) {
    this.#database = database
  }

  /** Creates the folder if it is missing. Throws LOG_STORE_BUSY. */
  static acquire(folder: string): WriterLock {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = join(folder, 'writer.lock')
    const database = new Database(file, { timeout: 0 })
    try {
      chmodSync(file, 0o600)
      database.exec('BEGIN EXCLUSIVE')
      return new WriterLock(database)
    } catch (error) {
      database.close()
      if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_BUSY') throw error
      const message = 'Another process of Hangar, or another window, is writing this log store.'
      throw new Problem('LOG_STORE_BUSY', message, folder, { cause: error })
    }
  }

  release(): void {
    this.#database.close()
  }
}
