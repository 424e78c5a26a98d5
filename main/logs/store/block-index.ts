import type Database from 'better-sqlite3-multiple-ciphers'
import { z } from 'zod'
import { patternPredicate } from '../query/evaluate.ts'
import type { Requirement } from '../query/requirement.ts'
import type { OriginName } from '../query/syntax.ts'
import type { Origin } from './block-columns.ts'
import { prepared } from './prepared.ts'
import { maskOf } from './record.ts'
import { bitsOf, firstBits, mayHold, signatureBits, signatureBytes } from './signature.ts'

/**
 * The signatures of the newest blocks are stored one by one. Those of 256 consecutive blocks are stored by bit: a row has
 * 128 bits of the signature, each as 256 bits for the blocks. A question then reads a few rows instead of 3 MB.
 */
const groupBlocks = 256
const groupBytes = groupBlocks / 8
const rowBits = 128

export const indexSchema = `
  CREATE TABLE IF NOT EXISTS origin (block_id INTEGER PRIMARY KEY, names TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS signature (block_id INTEGER PRIMARY KEY, bits BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS slice (group_number INTEGER NOT NULL, part INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (group_number, part)) WITHOUT ROWID;
`

/** Sources, pods and containers of a block's records. */
type Origins = Readonly<Record<OriginName, readonly string[]>>
const StoredOrigins = z.object({
  source: z.array(z.string()),
  pod: z.array(z.string()),
  container: z.array(z.string()),
})

/** Adds a block to the index, in the transaction that adds the block. */
export function writeIndex(
  database: Database.Database,
  id: number,
  { origins, signature }: { readonly origins: readonly Origin[]; readonly signature: Uint8Array },
): void {
  const names = (of: OriginName): string[] => [...new Set(origins.map((origin) => origin[of]))]
  const stored: Origins = { source: names('source'), pod: names('pod'), container: names('container') }
  prepared(database, 'INSERT INTO origin VALUES (?, ?)').run(id, JSON.stringify(stored))
  prepared(database, 'INSERT INTO signature VALUES (?, ?)').run(id, signature)
  if (id % groupBlocks === 0) writeSlices(database, id / groupBlocks - 1)
}

function writeSlices(database: Database.Database, group: number): void {
  const [first, last] = [group * groupBlocks + 1, (group + 1) * groupBlocks]
  // A block without a signature may contain anything.
  const signatures: Uint8Array[] = Array.from({ length: groupBlocks }, () => allBits)
  const rows = prepared(database, 'SELECT block_id AS id, bits FROM signature WHERE block_id BETWEEN ? AND ?')
  for (const { id, bits } of rows.all(first, last) as { id: number; bits: Buffer }[])
    signatures[id - first] = inFull(bits) // our own schema
  const slices = transposed(signatures)
  const insert = prepared(database, 'INSERT OR REPLACE INTO slice VALUES (?, ?, ?)')
  const partBytes = rowBits * groupBytes
  for (let part = 0; part * partBytes < slices.length; part += 1) {
    insert.run(group, part, slices.subarray(part * partBytes, (part + 1) * partBytes))
  }
  prepared(database, 'DELETE FROM signature WHERE block_id BETWEEN ? AND ?').run(first, last)
}

const allBits = new Uint8Array(signatureBytes).fill(0xff)

/** A shorter signature of an earlier version excludes nothing by the bits that it does not have. */
function inFull(bits: Uint8Array): Uint8Array {
  if (bits.length === signatureBytes) return bits
  const full = Uint8Array.from(allBits)
  full.set(bits)
  return full
}

/** For each bit of a signature, one bit for each block. Eight blocks by eight bits at a time (Hacker's Delight, 7-3). */
function transposed(signatures: readonly Uint8Array[]): Buffer {
  const slices = Buffer.alloc(signatureBits * groupBytes)
  for (let block = 0; block < groupBlocks; block += 8) {
    const [a = allBits, b = allBits, c = allBits, d = allBits, e = allBits, f = allBits, g = allBits, h = allBits] =
      signatures.slice(block, block + 8)
    const column = block >>> 3
    for (let at = 0; at < signatureBytes; at += 1) {
      // The first block is the lowest bit of each result.
      let x = ((h[at] ?? 0) << 24) | ((g[at] ?? 0) << 16) | ((f[at] ?? 0) << 8) | (e[at] ?? 0)
      let y = ((d[at] ?? 0) << 24) | ((c[at] ?? 0) << 16) | ((b[at] ?? 0) << 8) | (a[at] ?? 0)
      let swap = (x ^ (x >>> 7)) & 0x00aa00aa
      x = x ^ swap ^ (swap << 7)
      swap = (y ^ (y >>> 7)) & 0x00aa00aa
      y = y ^ swap ^ (swap << 7)
      swap = (x ^ (x >>> 14)) & 0x0000cccc
      x = x ^ swap ^ (swap << 14)
      swap = (y ^ (y >>> 14)) & 0x0000cccc
      y = y ^ swap ^ (swap << 14)
      const upper = (x & 0xf0f0f0f0) | ((y >>> 4) & 0x0f0f0f0f)
      const lower = ((x << 4) & 0xf0f0f0f0) | (y & 0x0f0f0f0f)
      const target = at * 8 * groupBytes + column
      for (let bit = 0; bit < 4; bit += 1) {
        slices[target + bit * groupBytes] = lower >>> (bit * 8)
        slices[target + (bit + 4) * groupBytes] = upper >>> (bit * 8)
      }
    }
  }
  return slices
}

/** The times of a block's records, both included, and how many they are. */
export interface BlockTimes {
  readonly id: number
  readonly minMs: number
  readonly maxMs: number
  /** Of its records that arrived first and last. */
  readonly minSeq: number
  readonly maxSeq: number
  readonly count: number
}

interface BlockSummary extends BlockTimes {
  readonly levels: number
  readonly origins: Origins | undefined
}

interface BlockRow {
  id: number
  minMs: number
  maxMs: number
  minSeq: number
  maxSeq: number
  count: number
  levels: number
  names: string | null
}

/** How many signatures the files of a store keep in memory together: 12 KB each. */
export class SignatureBudget {
  left = 2_000
}

/** What is known of the blocks of one file without reading them. What was read once is kept, as blocks never change. */
export class BlockIndex {
  readonly #database: Database.Database
  readonly #budget: SignatureBudget
  readonly #blocks: BlockSummary[] = []
  /** Of blocks whose group is not sliced: each question asks for all of them. */
  readonly #signatures = new Map<number, Uint8Array>()

  constructor(database: Database.Database, budget = new SignatureBudget()) {
    this.#database = database
    this.#budget = budget
  }

  /** The blocks that may have matches, by their newest or oldest end, and the number of the others. */
  candidates(
    requirement: Requirement,
    order: 'newest' | 'oldest' = 'newest',
    beforeMs = Number.POSITIVE_INFINITY,
    afterMs = Number.NEGATIVE_INFINITY,
  ): { readonly candidates: BlockTimes[]; readonly skipped: number } {
    this.#readNew()
    const inRange = this.#blocks.filter(({ minMs, maxMs }) => minMs <= beforeMs && maxMs >= afterMs)
    const candidates = this.#fulfilling(requirement, inRange)
      // Of two with the same end, the one that arrived later is newer.
      .toSorted(
        order === 'newest' ? (a, b) => b.maxMs - a.maxMs || b.id - a.id : (a, b) => a.minMs - b.minMs || a.id - b.id,
      )
    return { candidates, skipped: this.#blocks.length - candidates.length }
  }

  /** All of them, in the order in which they were stored. */
  blocks(): readonly BlockTimes[] {
    this.#readNew()
    return this.#blocks
  }

  #readNew(): void {
    const join = this.#has('origin') ? 'LEFT JOIN origin ON origin.block_id = block.id' : ''
    const names = join === '' ? 'NULL' : 'origin.names'
    const rows = prepared(
      this.#database,
      `SELECT id, min_ms AS minMs, max_ms AS maxMs, min_seq AS minSeq, max_seq AS maxSeq, count, levels, ${names} AS names FROM block ${join} WHERE id > ? ORDER BY id`,
    ).all(this.#blocks.at(-1)?.id ?? 0) as BlockRow[] // our own schema
    // Most blocks have the origins of the block before.
    let [lastNames, lastOrigins]: [string, Origins | undefined] = ['', undefined]
    for (const { names: text, ...row } of rows) {
      if (text !== null && text !== lastNames) [lastNames, lastOrigins] = [text, StoredOrigins.parse(JSON.parse(text))]
      this.#blocks.push({ ...row, origins: text === null ? undefined : lastOrigins })
    }
  }

  #fulfilling(requirement: Requirement, blocks: readonly BlockSummary[]): readonly BlockSummary[] {
    switch (requirement.kind) {
      case 'all':
        // What the summaries decide comes first: then fewer signatures are read.
        return requirement.of
          .toSorted((a, b) => cost(a) - cost(b))
          .reduce((left, each) => (left.length === 0 ? left : this.#fulfilling(each, left)), blocks)
      case 'any': {
        const ids = new Set(requirement.of.flatMap((each) => this.#fulfilling(each, blocks).map(({ id }) => id)))
        return blocks.filter(({ id }) => ids.has(id))
      }
      case 'level': {
        const mask = requirement.levels.reduce((sum, level) => sum | maskOf(level), 0)
        return blocks.filter(({ levels }) => (levels & mask) !== 0)
      }
      case 'time':
        return blocks.filter(({ minMs, maxMs }) => maxMs >= requirement.fromMs && minMs < requirement.toMs)
      case 'origin': {
        const fits = patternPredicate(requirement.pattern)
        return blocks.filter(({ origins }) => origins === undefined || origins[requirement.name].some(fits))
      }
      case 'starts':
        return blocks
      case 'text':
        return this.#holding(requirement.text, blocks)
    }
  }

  #holding(text: string, blocks: readonly BlockSummary[]): readonly BlockSummary[] {
    const bits = bitsOf(text)
    if (bits.length === 0 || !this.#has('slice')) return blocks
    const groups = new Map<number, Uint8Array | undefined>()
    return blocks.filter(({ id }) => {
      const index = id - 1
      const group = Math.floor(index / groupBlocks)
      if (!groups.has(group)) {
        const holding = this.#groupHolding(group, bits)
        if (holding !== undefined) this.#forget(group)
        groups.set(group, holding)
      }
      const sliced = groups.get(group)
      if (sliced !== undefined) return ((sliced[(index % groupBlocks) >>> 3] ?? 0) & (1 << (index & 7))) !== 0
      const signature = this.#signature(id)
      return signature === undefined || mayHold(signature, bits)
    })
  }

  #signature(id: number): Uint8Array | undefined {
    const known = this.#signatures.get(id)
    if (known !== undefined) return known
    const select = prepared(this.#database, 'SELECT bits FROM signature WHERE block_id = ?').pluck()
    const read = select.get(id) as Buffer | undefined // our own schema
    if (read === undefined || this.#budget.left === 0) return read
    this.#budget.left -= 1
    this.#signatures.set(id, read)
    return read
  }

  /** Of a group that is sliced. */
  #forget(group: number): void {
    for (const id of this.#signatures.keys()) {
      if (Math.floor((id - 1) / groupBlocks) !== group) continue
      this.#signatures.delete(id)
      this.#budget.left += 1
    }
  }

  /** One bit for each block of a group; undefined for a group that is not sliced yet. */
  #groupHolding(group: number, bits: readonly number[]): Uint8Array | undefined {
    const select = prepared(this.#database, 'SELECT bits FROM slice WHERE group_number = ? AND part = ?').pluck()
    const left = new Uint8Array(groupBytes).fill(0xff)
    for (const bit of bits) {
      const row = select.get(group, Math.floor(bit / rowBits)) as Buffer | undefined // our own schema
      // A group of an earlier version has no rows for the bits that were added.
      if (row === undefined && bit >= firstBits) continue
      if (row === undefined) return undefined
      const start = (bit % rowBits) * groupBytes
      for (let at = 0; at < groupBytes; at += 1) left[at] = (left[at] ?? 0) & (row[start + at] ?? 0)
      if (left.every((byte) => byte === 0)) break
    }
    return left
  }

  /** A file of the first version has no signatures that are read, until it is written again. */
  #has(table: 'origin' | 'slice'): boolean {
    return (
      prepared(this.#database, "SELECT 1 FROM sqlite_schema WHERE name = ? AND type = 'table'").get(table) !== undefined
    )
  }
}

const cost = ({ kind }: Requirement): number => (kind === 'text' ? 2 : kind === 'all' || kind === 'any' ? 1 : 0)
