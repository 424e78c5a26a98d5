import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packBlock, partsOf, unpackBlock } from './block.ts'
import { columnsOf } from './block-columns.ts'
import type { StoredRecord } from './record.ts'
import { sign } from './signature.ts'

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
  const parts = partsOf(columns, packed)
  return packBlock(parts, sign(parts.map((part) => part.text.bytes)).filters)
}

const unpack = (packed: Buffer, firstSeq = 5): StoredRecord[] =>
  unpackBlock(packed, firstSeq).flatMap((part) => part.records())

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
        expect(unpack(pack(records), records[0]?.seq)).toEqual(records)
      }),
      { numRuns: 100 },
    )
  })

  it('takes less than a byte a record for numbers that follow each other', () => {
    const records = Array.from({ length: 1_000 }, (_, row) => ({ ...one, seq: row, atMs: row * 1_000, raw: '' }))
    expect(pack(records).length - pack([]).length - 512).toBeLessThan(200)
  })

  it('gives back every record of a block with many parts, of which each has at least 64 KB', () => {
    const records = recordsOf(
      Array.from({ length: 3_000 }, (_, index) => ({
        ...one,
        gap: 1 + (index % 3),
        atMs: index * 977,
        pod: `pod-${index % 7}`,
        raw: index === 1_500 ? 'x'.repeat(200_000) : `line ${index}${'\n\tat frame'.repeat(index % 20)}`,
      })),
    )
    const parts = unpackBlock(pack(records), records[0]?.seq ?? 0)
    expect(parts.length).toBeGreaterThan(3)
    expect(parts.slice(0, -1).every(({ bytes }) => bytes.length >= 65_536)).toBe(true)
    expect(parts.flatMap((part) => part.records())).toEqual(records)
  })

  it('is BLOCK_DAMAGED where its bytes are not what was packed, and never anything else', () => {
    const packed = pack([one, { ...one, seq: 6, raw: 'other' }])
    const damaged = expect.objectContaining({ code: 'BLOCK_DAMAGED' })
    for (let end = 0; end < packed.length; end += 1) {
      expect(() => unpack(packed.subarray(0, end)), `cut at ${end}`).toThrow(damaged)
    }
    for (let at = 0; at < packed.length; at += 1) {
      const changed = Buffer.from(packed)
      changed[at] = (changed[at] ?? 0) ^ 0x10
      try {
        unpack(changed)
      } catch (error) {
        expect(error).toEqual(damaged)
      }
    }
  })
})
