import { constants } from 'node:fs'
import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Operation } from '../../preload/contract/operations.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { JsonObject, Timestamp } from '../../preload/contract/words.ts'
import { makePrivateFolder, syncFolder } from '../lib/files.ts'
import type { JournalRecord } from '../lib/operation.ts'
import { LineChain } from '../lib/signed-lines.ts'

/** The first line of a journal, which describes the operation. It contains no secrets. */
export const JournalHeader = z.strictObject({
  schemaVersion: z.literal(1),
  id: z.uuid(),
  kind: Operation.shape.kind,
  planeId: z.uuid(),
  title: z.string(),
  startedAt: Timestamp,
  input: JsonObject,
})
export type JournalHeader = z.infer<typeof JournalHeader>

const Line = z.strictObject({
  at: Timestamp,
  event: z.string(),
  step: z.string().optional(),
  data: JsonObject.optional(),
})

export interface JournalText {
  readonly header: JournalHeader
  readonly records: readonly JournalRecord[]
  /** Length of the complete lines, in bytes. An incomplete line follows if the process was killed while writing. */
  readonly wholeBytes: number
  /** Whether this installation wrote every line, in this order. */
  readonly verified: boolean
  /** Signs the lines that follow. */
  readonly chain: LineChain
}

/** A journal is bound to its id: one that was copied to another name does not verify. */
const chainOf = (key: Buffer, id: string): LineChain => new LineChain(key, ['journal', id])

/**
 * Parses a journal. An incomplete last line was never acknowledged and is left out.
 * Throws JOURNAL_DAMAGED if a complete line is not a journal record.
 */
function parseJournal(bytes: Buffer, file: string, chain: LineChain): JournalText {
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1
  const lines = bytes.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1)
  let verified = true
  const parsed = lines.map((line, index) => {
    if (!chain.verify(line)) verified = false
    try {
      const { mac: _, ...value } = JsonObject.parse(JSON.parse(line))
      return index === 0 ? JournalHeader.parse(value) : Line.parse(value)
    } catch (error) {
      throw new Problem('JOURNAL_DAMAGED', `Line ${index + 1} of ${file} is not a journal record.`, '', {
        cause: error,
      })
    }
  })
  const [header, ...records] = parsed
  if (header === undefined || !('schemaVersion' in header)) throw new Problem('JOURNAL_DAMAGED', `${file} is empty.`)
  return { header, records: records.filter((record) => 'event' in record), wholeBytes, verified, chain }
}

/** Appends to a journal. A record is on disk when `append` resolves. */
export class JournalWriter {
  readonly #handle: FileHandle
  readonly #chain: LineChain
  #last: Promise<void> = Promise.resolve()

  private constructor(handle: FileHandle, chain: LineChain) {
    this.#handle = handle
    this.#chain = chain
  }

  static async create(folder: string, header: JournalHeader, key: Buffer): Promise<JournalWriter> {
    await makePrivateFolder(folder)
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND
    const handle = await open(journalFile(folder, header.id), flags, 0o600)
    const writer = new JournalWriter(handle, chainOf(key, header.id))
    await writer.#write(header)
    await syncFolder(folder)
    return writer
  }

  /** Continues a journal that was read. An incomplete line at its end is removed first. */
  static async reopen(
    folder: string,
    id: string,
    { wholeBytes, chain }: Pick<JournalText, 'wholeBytes' | 'chain'>,
  ): Promise<JournalWriter> {
    const handle = await open(journalFile(folder, id), constants.O_WRONLY | constants.O_APPEND)
    await handle.truncate(wholeBytes)
    return new JournalWriter(handle, chain)
  }

  append(record: JournalRecord): Promise<void> {
    // Serialized, so that records never mix and have the order of the calls.
    this.#last = this.#last.then(() => this.#write(record))
    return this.#last
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined) // `append` has already rejected
    await this.#handle.close()
  }

  async #write(value: object): Promise<void> {
    await this.#handle.appendFile(`${this.#chain.sign({ ...value })}\n`)
    await this.#handle.datasync()
  }
}

export async function readJournal(folder: string, id: string, key: Buffer): Promise<JournalText> {
  const file = journalFile(folder, id)
  return parseJournal(await readFile(file), file, chainOf(key, id))
}

/** Ids of the operations with a journal in the folder. */
export async function listJournals(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, -'.jsonl'.length))
}

export async function removeJournal(folder: string, id: string): Promise<void> {
  await rm(journalFile(folder, id), { force: true })
}

const journalFile = (folder: string, id: string): string => join(folder, `${id}.jsonl`)
