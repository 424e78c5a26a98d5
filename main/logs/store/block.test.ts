import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Block, packBlock } from './block.ts'
import { columnsOf } from './block-columns.ts'
import type { StoredRecord } from './record.ts'

const text = fc.string({ unit: fc.constantFrom(...'aZ09 ="\n\r\t\0é日😀'), maxLength: 60 })
const anyRecord = fc.record({
  atMs: fc.integer({ min: -1e12, max: 1e13 }),
  gap: fc.integer({ min: 1, max: 2 ** 40 }),
  atSource: fc.constantFrom('line', 'kubelet'),
  level: fc.constantFrom('FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE', null),
  source: fc.constantFrom('orders', 'billing', ''),
  pod: text,
  container: fc.constantFrom('main', 'sidecar'),
  parser: fc.constantFrom('auto', 'plain', 'gap'),
  raw: text,
})

const recordsOf = (given: readonly (Omit<StoredRecord, 'seq'> & { gap: number })[]): StoredRecord[] => {
  let seq = 0
  return given.map(({ gap, ...record }) => {
    seq += gap
    return { seq, ...record }
  })
}

const pack = (records: readonly StoredRecord[]): Buffer => {
  const { columns, text: packed } = columnsOf(records)
  return packBlock(columns, packed)
}

const one: StoredRecord = {
  seq: 5,
  atMs: 1_000,
  atSource: 'line',
  level: 'INFO',
  source: 'orders',
  pod: 'orders-1',
  container: 'main',
  parser: 'auto',
  raw: 'first\n\tat second',
}

describe('a block', () => {
  it('gives back every record', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 40 }), (given) => {
        const records = recordsOf(given)
        expect(Block.unpack(pack(records), records[0]?.seq ?? 0).records()).toEqual(records)
      }),
      { numRuns: 100 },
    )
  })

  it('takes less than a byte a record for numbers that follow each other', () => {
    const records = Array.from({ length: 1_000 }, (_, row) => ({ ...one, seq: row, atMs: row * 1_000, raw: '' }))
    expect(pack(records).length).toBeLessThan(200)
  })

  it('is BLOCK_DAMAGED where its bytes are not what was packed, and never anything else', () => {
    const packed = pack([one, { ...one, seq: 6, raw: 'other' }])
    const damaged = expect.objectContaining({ code: 'BLOCK_DAMAGED' })
    for (let end = 0; end < packed.length; end += 1) {
      expect(() => Block.unpack(packed.subarray(0, end), 5).records(), `cut at ${end}`).toThrow(damaged)
    }
    for (let at = 0; at < packed.length; at += 1) {
      const changed = Buffer.from(packed)
      changed[at] = (changed[at] ?? 0) ^ 0x10
      try {
        Block.unpack(changed, 5).records()
      } catch (error) {
        expect(error).toEqual(damaged)
      }
    }
  })
})
