import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLog } from '../parse/read-log.ts'
import { splitLog } from './split-log.ts'

const root = join(import.meta.dirname, '../../../test/corpus/logs')
const corpus = Buffer.concat(
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => Buffer.concat([readFileSync(join(root, name)), Buffer.from('\n')])),
)

/** Each chunk in the memory of the one before, as `readChunks` may give them. */
async function* inChunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  const memory = Buffer.alloc(Math.max(...sizes))
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1
    yield memory.subarray(0, bytes.copy(memory, 0, at, at + size))
    at += size
  }
}

const options = { format: 'auto', kubelet: false } as const

/** The records of each stream: text, and when the runtime read it. */
async function split(bytes: Buffer, sizes: readonly number[], given: Parameters<typeof splitLog>[1] = options) {
  const found = new Map<string, [string, number][]>()
  for await (const { stream, bytes: chunk, columns, readMs } of splitLog(inChunks(bytes, sizes), given)) {
    const records = found.get(stream) ?? []
    found.set(stream, records)
    for (let row = 0; row < columns.count; row += 1) {
      records.push([chunk.toString('latin1', columns.starts[row], columns.ends[row]), readMs(row)])
      // What a block builder relies on.
      if (row > 0) expect(columns.starts[row]).toBe((columns.ends[row - 1] ?? 0) + 1)
    }
  }
  return found
}

describe('splitLog', () => {
  it('splits a log as readLog does, whatever the chunks', async () => {
    const expected: string[] = []
    for await (const records of readLog(inChunks(corpus, [corpus.length]), options, new AbortController().signal))
      expected.push(...records.map(({ raw }) => raw.toString('latin1')))
    expect(expected.length).toBeGreaterThan(100)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 300, max: 20_000 }), { minLength: 1, maxLength: 8 }),
        async (sizes) => {
          expect((await split(corpus, sizes)).get('')?.map(([raw]) => raw)).toEqual(expected)
        },
      ),
      { numRuns: 10 },
    )
  })

  it('takes the wrapping of containerd off, and joins each stream by itself', async () => {
    const at = (second: number): string => `2026-03-14T09:26:0${second}.5Z`
    const log = [
      `${at(1)} stdout F java.lang.IllegalStateException: no order`,
      `${at(2)} stderr F level=ERROR message="from the other stream"`,
      `${at(3)} stdout F \tat acme.Orders.find(Orders.java:7)`,
      `${at(4)} stdout P a long li`,
      `${at(5)} stdout F ne`,
    ].join('\n')
    const ms = (second: number): number => Date.parse(at(second))
    for (const size of [1, 20, 10_000]) {
      expect(Object.fromEntries(await split(Buffer.from(log), [size]))).toEqual({
        stdout: [
          ['java.lang.IllegalStateException: no order\n\tat acme.Orders.find(Orders.java:7)', ms(1)],
          ['a long line', ms(4)],
        ],
        stderr: [['level=ERROR message="from the other stream"', ms(2)]],
      })
    }
  })

  it('reads the time of the kubelet where it is said to be there', async () => {
    const log = '2026-03-14T09:26:01Z one\n2026-03-14T09:26:02Z two\n'
    const given = { ...options, kubelet: true }
    expect((await split(Buffer.from(log), [9], given)).get('')).toEqual([
      ['one', Date.UTC(2026, 2, 14, 9, 26, 1)],
      ['two', Date.UTC(2026, 2, 14, 9, 26, 2)],
    ])
  })

  it('cuts a line that never ends', async () => {
    const records = (await split(Buffer.alloc(40 * 1_024 * 1_024, 'x'), [4 * 1_024 * 1_024])).get('') ?? []
    expect(records.length).toBeGreaterThan(1)
    expect(records.reduce((sum, [raw]) => sum + raw.length, 0)).toBe(40 * 1_024 * 1_024)
  })
})
