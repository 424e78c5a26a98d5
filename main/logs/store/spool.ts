import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Level } from '../../../preload/contract/logs.ts'
import { LogFormat } from '../../../preload/contract/profiles.ts'
import { isRunning, processId } from '../../lib/process-id.ts'
import type { Batch } from './batch.ts'
import { fromStored, StoredBookmark, toStored } from './bookmark.ts'
import { deriveKeyPair, openSealed, overheadBytes, sealTo } from './hpke.ts'
import { catalogKey } from './store-key.ts'

/** Messages of a spool are sealed for the store, and bound to their file and their place in it. */
const info = Buffer.from('hangar log spool 1')
const aadOf = (file: string, index: number): Buffer => Buffer.from(JSON.stringify([file, index]))

const namePattern = /^spool\.(\d+)\.([0-9a-f]*)\.[0-9a-f]{16}\.sealed$/
/** A batch has at most a few MB: a length beyond this is damage. */
const maxMessageBytes = 64 * 1_048_576
const lengthBytes = 4

const SpooledBatch = z.object({
  stream: z.string(),
  records: z.array(
    z.object({
      atMs: z.int(),
      atSource: z.literal(['line', 'kubelet']),
      level: Level.nullable(),
      source: z.string(),
      pod: z.string(),
      container: z.string(),
      parser: z.union([LogFormat, z.literal('gap')]),
      raw: z.string(),
    }),
  ),
  bookmark: StoredBookmark,
})

/** The key to which batches are sealed while the vault is locked; it reads nothing. `storeKey` opens what was sealed. */
export const spoolKey = (storeKey: Buffer): Buffer => deriveKeyPair(catalogKey(storeKey)).publicKey

/** Batches that arrive while the vault is locked: one file per locked time of a process. Its writer cannot read it. */
export class SpoolWriter {
  readonly #file: string
  readonly #descriptor: number
  readonly #recipient: Buffer
  #count = 0

  constructor(folder: string, recipient: Buffer) {
    const { pid, started } = processId(process.pid)
    this.#file = `spool.${pid}.${Buffer.from(started).toString('hex')}.${randomBytes(8).toString('hex')}.sealed`
    this.#descriptor = openSync(join(folder, this.#file), 'wx', 0o600)
    this.#recipient = recipient
  }

  append(batch: Batch): void {
    const text = Buffer.from(JSON.stringify({ ...batch, bookmark: toStored(batch.bookmark) }))
    const sealed = sealTo(this.#recipient, { info, aad: aadOf(this.#file, this.#count), text })
    const length = Buffer.alloc(lengthBytes)
    length.writeUInt32LE(sealed.length)
    // In one piece: after a crash, at most the last message is incomplete.
    writeSync(this.#descriptor, Buffer.concat([length, sealed]))
    this.#count += 1
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

/** Names of the spools in a store's folder that no running process writes, except this one; the oldest process first. */
export function spoolsIn(folder: string): string[] {
  const own = processId(process.pid)
  return readdirSync(folder).filter((name) => {
    const [, pid, started = ''] = namePattern.exec(name) ?? []
    if (pid === undefined) return false
    const owner = { pid: Number(pid), started: Buffer.from(started, 'hex').toString() }
    return owner.pid === own.pid || !isRunning(owner)
  })
}

/**
 * The batches of a spool from this index on, with the index of each. Ends at an incomplete last message: the cluster still
 * has its lines. Skips what does not open: it was changed, or belongs to another store.
 */
export function* readSpool(
  folder: string,
  name: string,
  storeKey: Buffer,
  from: number,
): Generator<{ readonly index: number; readonly batch: Batch }> {
  const keys = deriveKeyPair(catalogKey(storeKey))
  const bytes = readFileSync(join(folder, name))
  let at = 0
  for (let index = 0; at + lengthBytes <= bytes.length; index += 1) {
    const length = bytes.readUInt32LE(at)
    const end = at + lengthBytes + length
    if (length < overheadBytes || length > maxMessageBytes || end > bytes.length) return
    const sealed = bytes.subarray(at + lengthBytes, end)
    at = end
    if (index < from) continue
    const text = openSealed(keys, { info, aad: aadOf(name, index), sealed })
    if (text === undefined) continue
    const parsed = SpooledBatch.safeParse(JSON.parse(text.toString()))
    if (!parsed.success) continue
    const { bookmark, ...batch } = parsed.data
    yield { index, batch: { ...batch, bookmark: fromStored(bookmark) } }
  }
}

export function removeSpool(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true })
}
