import Database from 'better-sqlite3-multiple-ciphers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseQuery } from '../query/parse.ts'
import { requirementOf } from '../query/plan.ts'
import { columnsOf } from './block-columns.ts'
import { BlockIndex, indexSchema, SignatureBudget, writeIndex } from './block-index.ts'
import { maskOf, type StoredRecord } from './record.ts'
import { signatureBits as allSignatureBits, firstBits, sign } from './signature.ts'

let database: Database.Database
beforeEach(() => {
  database = new Database(':memory:')
  database.exec(
    'CREATE TABLE block (id INTEGER PRIMARY KEY, min_ms INTEGER, max_ms INTEGER, min_seq INTEGER, max_seq INTEGER, count INTEGER, levels INTEGER)',
  )
})
afterEach(() => database.close())

interface Signing {
  readonly isSigned?: boolean
  readonly signatureBits?: number
}

function addBlock(
  id: number,
  { isSigned = true, signatureBits = allSignatureBits, ...more }: Partial<StoredRecord> & Signing = {},
): void {
  const record: StoredRecord = {
    seq: id,
    atMs: id * 1_000,
    atSource: 'line',
    level: 'INFO',
    source: id % 2 === 0 ? 'even' : 'odd',
    pod: `pod-${id}`,
    container: 'main',
    parser: 'auto',
    raw: `request ${String(id * 7_919).padStart(12, '0')} end`,
    ...more,
  }
  database
    .prepare('INSERT INTO block VALUES (?, ?, ?, ?, ?, 1, ?)')
    .run(id, record.atMs, record.atMs + 10, id, id, maskOf(record.level))
  const { signature } = sign([columnsOf([record]).text.bytes])
  if (isSigned) writeIndex(database, id, { origins: [record], signature: signature.subarray(0, signatureBits / 8) })
}

const candidates = (text: string, index = new BlockIndex(database)): number[] =>
  index.candidates(requirementOf(parseQuery(text, 0))).candidates.map(({ id }) => id)

describe('the index of blocks', () => {
  beforeEach(() => database.exec(indexSchema))

  it('finds one block of many, in groups by bit and in the blocks after them', () => {
    for (let id = 1; id <= 600; id += 1) addBlock(id)
    expect(database.prepare('SELECT count(*) FROM signature').pluck().get()).toBe(600 - 512)
    for (const id of [1, 256, 257, 300, 512, 513, 600]) {
      expect(candidates(`"request ${String(id * 7_919).padStart(12, '0')}"`)).toContain(id)
      expect(candidates(`"request ${String(id * 7_919).padStart(12, '0')} end"`).length).toBeLessThan(5)
    }
    expect(candidates('"nowhere else"')).toEqual([])
    expect(candidates('re')).toHaveLength(600)
  })

  it('finds blocks by signatures that it has kept, and by the bits of their group after it is full', () => {
    const budget = new SignatureBudget()
    budget.left = 100
    const index = new BlockIndex(database, budget)
    const id = (block: number): string => `"request ${String(block * 7_919).padStart(12, '0')} end"`
    for (let block = 1; block <= 150; block += 1) addBlock(block)
    for (const block of [1, 99, 150, 1, 99, 150]) expect(candidates(id(block), index)).toContain(block)
    expect(budget.left).toBe(0)
    for (let block = 151; block <= 256; block += 1) addBlock(block)
    for (const block of [1, 99, 150, 151, 256]) expect(candidates(id(block), index)).toContain(block)
    expect(candidates('"nowhere else"', index)).toEqual([])
    expect(budget.left).toBe(100)
  })

  it('finds blocks by the shorter signatures of earlier versions, in groups by bit too', () => {
    const raw = (id: number): string =>
      `id=${String(id * 7_919_317).padStart(12, '0')}-${String(id * 77).padStart(5, '0')}-0 end`
    for (let id = 1; id <= 300; id += 1) {
      addBlock(id, { raw: raw(id), signatureBits: id <= 200 || id > 256 ? firstBits : allSignatureBits })
    }
    for (const id of [1, 200, 201, 256, 257, 300]) {
      expect(candidates(`"${raw(id)}"`)).toContain(id)
      expect(candidates(`"${raw(id)}"`).length).toBeLessThan(5)
    }
    // As such a group was written: without rows for the joints.
    database.prepare('DELETE FROM slice WHERE part >= ?').run(firstBits / 128)
    for (const id of [1, 201, 256]) expect(candidates(`"${raw(id)}"`)).toContain(id)
    expect(candidates(`"${raw(999)}"`)).toEqual([])
  })

  it('skips blocks by level, time, source and pod', () => {
    for (let id = 1; id <= 9; id += 1) addBlock(id, id === 4 ? { level: 'ERROR' } : {})
    expect(candidates('level:error')).toEqual([4])
    expect(candidates('-level:info')).toEqual([4])
    expect(candidates('level:none')).toEqual([])
    expect(candidates('source:even')).toEqual([8, 6, 4, 2])
    expect(candidates('source:even or pod:pod-3')).toEqual([8, 6, 4, 3, 2])
    expect(candidates('pod:pod-7 source:even')).toEqual([])
    expect(candidates('time>=1970-01-01T00:00:07')).toEqual([9, 8, 7])
    expect(candidates('not time<1970-01-01T00:00:07')).toEqual([9, 8, 7])
  })

  it('always reads blocks of the first version, which have no signature, in a group too', () => {
    for (let id = 1; id <= 260; id += 1) addBlock(id, { isSigned: id !== 5 && id !== 258 })
    expect(candidates('"nowhere else" source:nowhere')).toEqual([258, 5])
  })

  it('knows blocks that are added while it is open', () => {
    addBlock(1)
    const index = new BlockIndex(database)
    expect(candidates('request', index)).toEqual([1])
    addBlock(2)
    expect(candidates('request', index)).toEqual([2, 1])
  })
})

it('a file of the first version has no index, and all its blocks are read', () => {
  addBlock(1, { isSigned: false })
  expect(candidates('"nowhere else" level:info source:x')).toEqual([1])
})
