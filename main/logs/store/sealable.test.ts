import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Batch } from './batch.ts'
import { SealableStore } from './sealable.ts'
import { SpoolWriter, spoolKey } from './spool.ts'
import { LogStore } from './store.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
let folder: string
let key: Buffer
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hangar-logs-'))
  key = randomBytes(32)
})
afterEach(() => rmSync(folder, { recursive: true }))

const batch = (number: number): Batch => ({
  stream: 'orders-1/main',
  records: [
    {
      atMs: Date.UTC(2026, 10, 22) + number,
      atSource: 'line',
      level: 'INFO',
      source: 'orders',
      pod: 'orders-1',
      container: 'main',
      parser: 'auto',
      raw: `canary line ${number}`,
    },
  ],
  bookmark: { ns: BigInt(number), seen: [`hash${number}`], restarts: 0 },
})

const stored = async (): Promise<string[]> => {
  const store = LogStore.reading(folder, key) ?? expect.fail('the store does not exist')
  try {
    const raws: string[] = []
    for await (const event of store.search({ planeId, limit: 1_000 }, AbortSignal.timeout(10_000)))
      if (event.kind === 'records') raws.push(...event.records.map(({ raw }) => raw))
    return raws.toReversed()
  } finally {
    store.close()
  }
}
const lines = (...numbers: number[]): string[] => numbers.map((number) => `canary line ${number}`)
const spools = (): string[] => readdirSync(folder).filter((name) => name.startsWith('spool.'))

describe('a store while the vault is locked', () => {
  it('takes lines, knows how far each stream was read, and has every line once when it is opened again', async () => {
    const store = new SealableStore(folder, key)
    store.append(batch(1))
    store.seal()
    expect(store.sealed).toBe(true)
    expect(store.bookmark('orders-1/main')).toEqual(batch(1).bookmark)
    store.append(batch(2))
    store.append(batch(3))
    expect(store.bookmark('orders-1/main')).toEqual(batch(3).bookmark)
    store.unseal(key)
    store.append(batch(4))
    expect(store.bookmark('orders-1/main')).toEqual(batch(4).bookmark)
    store.close()

    expect(await stored()).toEqual(lines(1, 2, 3, 4))
    expect(spools()).toEqual([])
  })

  it('writes lines that nothing on the disk opens but the key of the store', () => {
    const store = new SealableStore(folder, key)
    store.seal()
    store.append(batch(1))
    store.close()
    const [name = ''] = spools()
    const bytes = readFileSync(join(folder, name))
    expect(bytes.length).toBeGreaterThan(100)
    expect(bytes.toString('latin1')).not.toContain('canary')
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    // With another key, the writer's own public key included, nothing comes out of it.
    for (const other of [randomBytes(32), spoolKey(key)])
      expect(() => LogStore.writing(folder, other)).toThrow(expect.objectContaining({ code: 'LOG_STORE_DAMAGED' }))
  })

  it('loses nothing that was complete when its process is killed', async () => {
    new SealableStore(folder, key).close()
    const spool = new SpoolWriter(folder, spoolKey(key))
    spool.append(batch(1))
    spool.append(batch(2))
    spool.close()
    const [name = ''] = spools()
    truncateSync(join(folder, name), statSync(join(folder, name)).size - 1)

    const store = LogStore.writing(folder, key)
    expect(store.bookmark('orders-1/main')).toEqual(batch(1).bookmark)
    store.close()
    expect(await stored()).toEqual(lines(1))
    expect(spools()).toEqual([])
  })

  it('skips a message that was changed, and a length that is none', async () => {
    new SealableStore(folder, key).close()
    const spool = new SpoolWriter(folder, spoolKey(key))
    for (const number of [1, 2, 3]) spool.append(batch(number))
    spool.close()
    const file = join(folder, spools()[0] ?? '')
    const bytes = readFileSync(file)
    const second = 4 + bytes.readUInt32LE(0)
    bytes[second + 50] = (bytes[second + 50] ?? 0) ^ 1
    truncateSync(file)
    appendFileSync(file, bytes)
    appendFileSync(file, Buffer.from([0xff, 0xff, 0xff, 0xff]))
    LogStore.writing(folder, key).close()
    expect(await stored()).toEqual(lines(1, 3))
  })
})
