import { Problem } from '../../../preload/contract/problem.ts'
import type { Batch } from './batch.ts'
import type { Bookmark } from './bookmark.ts'
import { SpoolWriter, spoolKey } from './spool.ts'
import { LogStore } from './store.ts'
import { WriterLock } from './writer-lock.ts'

/**
 * A store that is written while the vault is locked too: then it has forgotten the key and seals what arrives to the
 * store's public key. Of the past it keeps only how far each stream was read.
 */
export class SealableStore {
  readonly #folder: string
  /** Held while it is sealed too: what arrives meanwhile belongs into this store. */
  readonly #lock: WriterLock
  #open: LogStore | undefined
  #recipient: Buffer
  #spool: SpoolWriter | undefined
  #bookmarks = new Map<string, Bookmark>()

  /** Throws LOG_STORE_BUSY, or LOG_STORE_DAMAGED if the key is wrong. */
  constructor(folder: string, key: Buffer) {
    this.#folder = folder
    this.#recipient = spoolKey(key)
    this.#lock = WriterLock.acquire(folder)
    try {
      this.#open = LogStore.writing(folder, key, this.#lock)
    } catch (error) {
      this.#lock.release()
      throw error
    }
  }

  get sealed(): boolean {
    return this.#open === undefined
  }

  bookmark(stream: string): Bookmark | undefined {
    return this.#open === undefined ? this.#bookmarks.get(stream) : this.#open.bookmark(stream)
  }

  append(batch: Batch): void {
    if (this.#open !== undefined) {
      this.#open.append(batch)
      return
    }
    this.#spool ??= new SpoolWriter(this.#folder, this.#recipient)
    this.#spool.append(batch)
    this.#bookmarks.set(batch.stream, batch.bookmark)
  }

  /** The store itself, for what is not written while the vault is locked. Throws VAULT_LOCKED. */
  get opened(): LogStore {
    if (this.#open === undefined) throw new Problem('VAULT_LOCKED', 'The vault was locked.')
    return this.#open
  }

  /** Closes the files that need the key. */
  seal(): void {
    if (this.#open === undefined) return
    this.#bookmarks = this.#open.bookmarks()
    this.#open.close()
    this.#open = undefined
  }

  /** Opens the store again and moves into it what arrived meanwhile. */
  unseal(key: Buffer): void {
    if (this.#open !== undefined) return
    this.#spool?.close()
    this.#spool = undefined
    this.#recipient = spoolKey(key)
    this.#open = LogStore.writing(this.#folder, key, this.#lock)
    this.#bookmarks.clear()
  }

  close(): void {
    this.#spool?.close()
    this.#open?.close()
    this.#lock.release()
  }
}
