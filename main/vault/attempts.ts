import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { Problem } from '../../preload/contract/problem.ts'
import { writeAtomically } from '../lib/files.ts'

/** Wrong passphrases since the last right one. */
const Attempts = z.strictObject({ failures: z.int().nonnegative(), lastAtMs: z.int().nonnegative() })
export type Attempts = z.infer<typeof Attempts>

const none: Attempts = { failures: 0, lastAtMs: 0 }

/** A user may mistype this often before there is a wait. */
const freeFailures = 3
const firstWaitMs = 2_000
const longestWaitMs = 300_000

/** How long to wait after the last attempt: doubles from the third failure on, up to 5 minutes. Pure. */
export const waitAfterMs = (failures: number): number =>
  failures < freeFailures ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - freeFailures))

/** How long until the next attempt. A clock that was set back does not shorten the wait, and does not make it endless. Pure. */
export function remainingMs({ failures, lastAtMs }: Attempts, nowMs: number): number {
  const wait = waitAfterMs(failures)
  return Math.min(wait, Math.max(0, lastAtMs + wait - nowMs))
}

/**
 * Limits the rate at which passphrases are tried through Hangar, over restarts and all processes of this user. It does not
 * limit guessing on a copy of the files: only the cost of scrypt and the secret of this computer do.
 */
export class AttemptLimit {
  readonly #file: string
  readonly #now: () => number

  constructor(file: string, now: () => number) {
    this.#file = file
    this.#now = now
  }

  /** Call it before a passphrase is tried: a process that is killed in between has tried. Throws VAULT_ATTEMPTS_LIMITED. */
  async begin(): Promise<void> {
    const attempts = await this.#read()
    const nowMs = this.#now()
    const waitMs = remainingMs(attempts, nowMs)
    if (waitMs > 0) {
      // After the clock was set back, the wait counts from now.
      if (attempts.lastAtMs > nowMs) await this.#write({ ...attempts, lastAtMs: nowMs })
      const seconds = Math.ceil(waitMs / 1_000)
      const message = `Too many wrong passphrases: ${attempts.failures}. The next one can be tried in ${seconds} s.`
      throw new Problem('VAULT_ATTEMPTS_LIMITED', message)
    }
    await this.#write({ failures: attempts.failures + 1, lastAtMs: nowMs })
  }

  async succeeded(): Promise<void> {
    await this.#write(none)
  }

  async #read(): Promise<Attempts> {
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return JSON.stringify(none)
      throw new Problem('FILE_UNREADABLE', 'The record of wrong passphrases cannot be read.', this.#file)
    })
    try {
      return Attempts.parse(JSON.parse(text))
    } catch {
      // Who can damage this file can also remove it.
      return none
    }
  }

  #write(attempts: Attempts): Promise<void> {
    return writeAtomically(this.#file, `${JSON.stringify(attempts)}\n`)
  }
}
