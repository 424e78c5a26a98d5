import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Problem } from '../../preload/contract/problem.ts'
import { Changes } from '../lib/changes.ts'
import { makePrivateFolder, writeAtomically } from '../lib/files.ts'
import type { MasterKey } from './master-key.ts'

/** How soon this process notices that another one has locked the vault. */
const noticeEveryMs = 1_000

/**
 * Locks the vault of this process, and notices when another process locks it for all: each writes another text into a file,
 * and forgets its key when the text has changed since the vault was opened.
 */
export class Locking {
  readonly #master: MasterKey
  readonly #file: string
  readonly #home: string
  readonly changes = new Changes()
  #untilLocked = new AbortController()
  #textAtOpening: string | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(master: MasterKey, file: string, home: string) {
    this.#master = master
    this.#file = file
    this.#home = home
  }

  /** Aborts with VAULT_LOCKED when the vault is locked the next time. */
  untilLocked(): AbortSignal {
    return this.#untilLocked.signal
  }

  /** The key has come into the memory of this process. */
  opened(): void {
    this.#textAtOpening = this.#text()
    this.#timer ??= setInterval(() => this.notice(), noticeEveryMs).unref()
    this.changes.notify()
  }

  /** Locks the vault if another process has asked for it. Call it before a key is used. */
  notice(): void {
    if (this.#timer !== undefined && this.#text() !== this.#textAtOpening) this.lock()
  }

  lock(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#master.lock()
    const ended = this.#untilLocked
    this.#untilLocked = new AbortController()
    ended.abort(new Problem('VAULT_LOCKED', 'The vault was locked.'))
    this.changes.notify()
  }

  /** Locks the vault in every process of this user. */
  async lockEverywhere(): Promise<void> {
    this.lock()
    await makePrivateFolder(this.#home)
    await writeAtomically(this.#file, `${randomUUID()}\n`)
  }

  #text(): string {
    try {
      return readFileSync(this.#file, 'utf8')
    } catch {
      return ''
    }
  }
}
