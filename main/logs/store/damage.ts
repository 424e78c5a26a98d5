import Database from 'better-sqlite3-multiple-ciphers'
import { Problem } from '../../../preload/contract/problem.ts'

/** A damaged part costs only itself: it is skipped and counted. */
export class Damage {
  parts = 0

  /** Undefined when what is read is damaged. Throws every other error. */
  skip<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!isDamage(error)) throw error
      this.parts += 1
      return undefined
    }
  }
}

/** Also of the pages of a file: their authentication fails, or what they hold is not what SQLite wrote. */
const isDamage = (error: unknown): boolean =>
  error instanceof Problem
    ? error.code === 'BLOCK_DAMAGED' || error.code === 'LOG_STORE_DAMAGED'
    : error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(error.code)
