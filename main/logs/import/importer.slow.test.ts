import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pack } from '../store/packed-block.ts'
import type { StoredRecord } from '../store/record.ts'
import { LogStore } from '../store/store.ts'
import { Importer, type ImportPorts, readPosition } from './importer.ts'
import { splitLog } from './split-log.ts'

const dayMs = 86_400_000
const startMs = Date.UTC(2026, 10, 22, 12)
const origin = { source: 'import', pod: 'orders-1', container: 'main', parser: 'auto' } as const

let folder: string
let key: Buffer
let store: LogStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hangar-import-'))
  key = randomBytes(32)
  store = LogStore.writing(folder, key)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const realPorts = (): ImportPorts => ({
  store: store.appendBlocks.bind(store),
  // Later, as in a thread: the memory of a block may not serve the next one before.
  pack: async (columns, text) => {
    await nextTurn()
    return pack(columns, text)
  },
  unitBytes: 20_000,
})

async function run(logs: readonly string[], ports = realPorts(), fallbackMs = startMs): Promise<number> {
  const importer = new Importer('import:1', readPosition(store.mark('import:1')), ports, new AbortController().signal)
  for (const log of logs) {
    const isStored = importer.isNextStored
    importer.begin(origin, fallbackMs)
    if (isStored) continue
    const chunks = async function* () {
      for (let at = 0; at < log.length; at += 5_000) yield Buffer.from(log.slice(at, at + 5_000))
    }
    for await (const batch of splitLog(chunks(), { format: 'auto', kubelet: false })) await importer.add(batch)
  }
  await importer.end()
  return importer.records
}

const stored = (): StoredRecord[] => store.after(-1, 1_000_000)

/** Lines of three days in turn, as where the clocks of two machines differ around midnight. */
const line = (index: number): string =>
  `time=${new Date(startMs + (index % 3) * dayMs + index).toISOString()} level=INFO message="order ${index}" id=${index}`
const log = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `${line(from + index)}\n`).join('')
const expected = (count: number): string[] => Array.from({ length: count }, (_, index) => line(index)).sort()

describe('an import', () => {
  it('stores each record once, in blocks of its day, with time, level and text', async () => {
    expect(await run([log(0, 1_000)])).toBe(1_000)
    const records = stored()
    expect(records.map(({ raw }) => raw).sort()).toEqual(expected(1_000))
    expect(records.find(({ raw }) => raw.includes('"order 7"'))).toMatchObject({
      ...origin,
      atMs: startMs + dayMs + 7,
      atSource: 'line',
      level: 'INFO',
    })
    expect(store.summary()).toMatchObject({ records: 1_000 })
  })

  it('gives lines without a time the time before them, and the first ones that after them', async () => {
    await run([`banner\n${line(0)}\nplain\n`])
    expect(stored().map(({ raw, atMs, atSource }) => [raw, atMs - startMs, atSource])).toEqual([
      ['banner', 0, 'kubelet'],
      [line(0), 0, 'line'],
      ['plain', 0, 'kubelet'],
    ])
  })

  it('stores a line of 3 MB in parts', async () => {
    const long = `level=INFO message="${'é'.repeat(1_500_000)}"`
    await run([`${line(0)}\n${long}\n${line(1)}\n`])
    const raws = stored().map(({ raw }) => raw)
    expect(raws.filter((raw) => raw !== line(0) && raw !== line(1)).join('')).toBe(long)
    expect(Math.max(...raws.map((raw) => Buffer.byteLength(raw)))).toBeLessThanOrEqual(1_024 * 1_024)
  })

  it('has each record once when it is killed at any of its writes, and begun again', async () => {
    const logs = [log(0, 500), log(500, 520), '', log(520, 1_200)]
    const position = (): string | undefined => store.mark('import:1')
    for (let kills = 0; ; kills += 1) {
      let writes = 0
      const ports = realPorts()
      const dying: ImportPorts = {
        ...ports,
        // Between two days of a unit too: the second one is not written.
        store: (blocks, markAfter) => {
          for (const [day, ofDay] of blocks) {
            writes += 1
            if (writes > 1 + (kills % 3)) throw new Error('killed')
            store.appendBlocks(new Map([[day, ofDay]]), () =>
              markAfter([...blocks.keys()].slice(0, [...blocks.keys()].indexOf(day) + 1)),
            )
          }
        },
      }
      const before = position()
      const error = await run(logs, dying).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      store.close()
      store = LogStore.writing(folder, key)
      if (error === undefined) break
      expect(error).toEqual(new Error('killed'))
      expect(position()).not.toBe(before)
      expect(kills).toBeLessThan(100)
    }
    expect(
      stored()
        .map(({ raw }) => raw)
        .sort(),
    ).toEqual(expected(1_200))
    expect(readPosition(position()).isDone).toBe(true)
    expect(store.summary().records).toBe(1_200)
  })

  it('refuses a log with lines of more than 1,000 days', async () => {
    const days = Array.from(
      { length: 1_002 },
      (_, day) => `time=${new Date(day * dayMs).toISOString()} level=INFO a=1\n`,
    )
    await expect(run([days.join('')], { ...realPorts(), unitBytes: 1e9 })).rejects.toMatchObject({
      code: 'LOG_IMPORT_LIMIT',
    })
  })
})
