import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs'
import Database from 'better-sqlite3-multiple-ciphers'
import { Problem } from '../../../preload/contract/problem.ts'

const nonceBytes = 12
const tagBytes = 16

/** A partition's key under the store's key: AES-256-GCM, bound to the partition's name. */
export function wrapKey(key: Buffer, under: Buffer, name: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', under, nonce).setAAD(Buffer.from(name))
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()])
}

/** Throws LOG_STORE_DAMAGED. */
export function unwrapKey(wrapped: Buffer, under: Buffer, name: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', under, wrapped.subarray(0, nonceBytes))
      .setAAD(Buffer.from(name))
      .setAuthTag(wrapped.subarray(-tagBytes))
    return Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, -tagBytes)), decipher.final()])
  } catch (error) {
    throw new Problem('LOG_STORE_DAMAGED', `The key of ${name} cannot be decrypted.`, '', { cause: error })
  }
}

/** The version of the tables; 0 is a file without tables. */
const schemaVersion = 1

/**
 * AEGIS-256 for new files: with the processor's AES instructions it takes a quarter of the time of ChaCha20-Poly1305, which
 * files until 2026-11 have.
 */
const ciphers = ['aegis', 'chacha20'] as const

/** 16 MB, four times the default: each checkpoint waits for the disk, as the only one among the writes. */
const checkpointPages = 4_000

/**
 * Opens an encrypted SQLite file and creates its tables. Each page is authenticated. The key is raw: it is random, so
 * that no derivation is needed. Nothing is written outside the file: sorts stay in memory, and deleted data is
 * overwritten. Throws LOG_STORE_DAMAGED if the key is wrong.
 */
export function openForWriting(file: string, key: Buffer, schema: string): Database.Database {
  makePrivate(file)
  const database = unlock(file, key, false)
  database.pragma('journal_mode=WAL')
  database.pragma('synchronous=NORMAL')
  database.pragma('secure_delete=ON')
  database.pragma(`wal_autocheckpoint=${checkpointPages}`)
  // In one transaction: a reader never sees half of the tables.
  database.transaction(() => {
    database.exec(schema)
    database.pragma(`user_version=${schemaVersion}`)
  })()
  return database
}

/** Undefined when the file has no tables yet. Throws LOG_STORE_DAMAGED. */
export function openForReading(file: string, key: Buffer): Database.Database | undefined {
  if (!existsSync(file)) return undefined
  const database = unlock(file, key, true)
  if (database.pragma('user_version', { simple: true }) === schemaVersion) return database
  database.close()
  return undefined
}

/** SQLite gives its other two files the mode of the database when it creates them. */
function makePrivate(file: string): void {
  // Only where it is missing: to close a file releases all locks of this process on it, those of SQLite too (fcntl(2)).
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  for (const each of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(each)) chmodSync(each, 0o600)
}

function unlock(file: string, key: Buffer, readonly: boolean): Database.Database {
  let cause: unknown
  for (const cipher of ciphers) {
    const database = new Database(file, { readonly, fileMustExist: readonly, timeout: 5_000 })
    try {
      database.pragma(`cipher='${cipher}'`)
      database.pragma(`key='raw:${key.toString('hex')}'`)
      database.pragma('temp_store=MEMORY')
      database.prepare('SELECT count(*) FROM sqlite_schema').get()
      return database
    } catch (error) {
      database.close()
      cause = error
    }
  }
  throw new Problem('LOG_STORE_DAMAGED', `${file} cannot be opened with its key.`, '', { cause })
}
