import { describe, expect, it } from 'vitest'
import { encodeQuery, type Family, readAnswer } from './message.ts'

const query = (family: Family = 4): Buffer => encodeQuery('far.hangar.test', family, 0x1234) ?? Buffer.alloc(0)
const question = (family: Family = 4): Buffer => query(family).subarray(12, 12 + 17 + 4)

/** An answer to the query, with records that follow its question. */
function answer(
  records: readonly Buffer[],
  { flags = 0x8180, family = 4 as Family, count = records.length } = {},
): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0x1234, 0)
  head.writeUInt16BE(flags, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(count, 6)
  return Buffer.concat([head, question(family), ...records])
}
const record = (owner: readonly number[], type: number, data: readonly number[]): Buffer =>
  Buffer.from([...owner, 0, type, 0, 1, 0, 0, 0, 9, 0, data.length, ...data])
const asked = [0xc0, 12]
const name = (text: string): number[] => [
  ...text.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]),
  0,
]
const read = (bytes: Buffer, family: Family = 4): ReturnType<typeof readAnswer> =>
  readAnswer(bytes, query(family), family)

describe('a DNS query', () => {
  it('asks for one family, with recursion, and announces the size of answers', () => {
    const bytes = query(6)
    expect(bytes.subarray(0, 12).toString('hex')).toBe('123401000001000000000001')
    expect(bytes.subarray(12, 12 + 17).toString('latin1')).toBe('\u0003far\u0006hangar\u0004test\u0000')
    expect(bytes.subarray(29).toString('hex')).toBe('001c0001' + '0000290' + '4d0000000000000')
  })

  it.each([['a..b'], ['x'.repeat(64)], [Array.from({ length: 30 }, () => 'x'.repeat(9)).join('.')], ['']])(
    'is not possible for %j',
    (text) => {
      expect(encodeQuery(text, 4, 1)).toBeUndefined()
    },
  )

  it('has the same bytes with a dot at the end of the name', () => {
    expect(encodeQuery('far.hangar.test.', 4, 0x1234)).toEqual(query())
  })
})

describe('a DNS answer', () => {
  it('has the addresses of the queried family', () => {
    const records = [record(asked, 1, [192, 0, 2, 1]), record(asked, 16, [1, 65]), record(asked, 1, [192, 0, 2, 2])]
    expect(read(answer(records))).toMatchObject({ code: 0, addresses: ['192.0.2.1', '192.0.2.2'], aliases: [] })
    const v6 = record(asked, 28, [0x20, 1, 0xd, 0xb8, ...Array.from({ length: 11 }, () => 0), 7])
    expect(read(answer([v6], { family: 6 }), 6)).toMatchObject({ addresses: ['2001:db8::7'] })
  })

  it('has the chain of aliases in its order, whatever the order of the records', () => {
    const chain = [
      record(name('b.test'), 5, name('c.test')),
      record(asked, 5, name('B.test')),
      record(name('c.test'), 1, [192, 0, 2, 1]),
    ]
    expect(read(answer(chain))).toMatchObject({ aliases: ['b.test', 'c.test'], addresses: ['192.0.2.1'] })
    const loop = [record(asked, 5, name('b.test')), record(name('b.test'), 5, [0xc0, 12])]
    expect(read(answer(loop))).toMatchObject({ aliases: ['b.test', 'far.hangar.test'], addresses: [] })
  })

  it('has a code, and whether it is truncated or a referral', () => {
    expect(read(answer([], { flags: 0x8183 }))).toMatchObject({ code: 3, isReferral: false })
    expect(read(answer([], { flags: 0x8380 }))).toMatchObject({ code: 0, truncated: true })
    expect(read(answer([], { flags: 0x8100 }))).toMatchObject({ code: 0, isReferral: true })
    expect(read(answer([], { flags: 0x8500 }))).toMatchObject({ code: 0, isReferral: false })
    const half = record(asked, 1, [192, 0, 2, 1]).subarray(0, 13)
    expect(read(answer([half], { flags: 0x8380 }))).toMatchObject({ truncated: true, addresses: [] })
  })

  it('to another query is none', () => {
    expect(read(query())).toBeUndefined()
    const other = answer([])
    other.writeUInt16BE(7, 0)
    expect(read(other)).toBeUndefined()
    expect(read(answer([]), 6)).toBeUndefined()
    expect(read(Buffer.from([0x12, 0x34, 0x80]))).toBeUndefined()
  })

  it.each([
    ['with a name that points to itself', answer([record([0xc0, 33], 1, [1, 2, 3, 4])])],
    ['with more records than it has', answer([], { count: 3 })],
    ['with a record that is longer than it', answer([record(asked, 1, [1, 2, 3, 4]).subarray(0, 14)])],
    ['with an address of three bytes', answer([record(asked, 1, [1, 2, 3])])],
  ])('%s is malformed', (_what, bytes) => {
    expect(read(bytes)).toBe('malformed')
  })
})
