import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createLogs } from './logs.ts'
import type { LogsPorts } from './ports.ts'
import { Catalog } from './store/catalog.ts'
import { LogStore } from './store/store.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const never = new AbortController().signal
const dayMs = 86_400_000
const key: Buffer = randomBytes(32)
const accessKey = randomBytes(32)
const recordKey = randomBytes(32)

/** A store with ten lines on each of these days ago, the oldest first. */
function stored(daysAgo: readonly number[]) {
  const home = mkdtempSync(join(tmpdir(), 'hangar-retention-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const folder = join(home, 'logs', planeId)
  const store = LogStore.writing(folder, key)
  for (const days of daysAgo) {
    const records = Array.from({ length: 10 }, (_, index) => ({
      atMs: Date.now() - days * dayMs,
      atSource: 'line' as const,
      level: null,
      source: 'orders',
      pod: 'orders-1',
      container: 'main',
      parser: 'plain' as const,
      raw: `line ${index} of ${days} days ago`,
    }))
    store.append({ stream: `stream ${days}`, records, bookmark: { ns: BigInt(days), seen: [], restarts: 0 } })
  }
  store.close()
  const dayFile = (days: number) => join(folder, `${new Date(Date.now() - days * dayMs).toISOString().slice(0, 10)}.db`)
  return { home, folder, dayFile }
}

function keyOf(folder: string, day: string, storeKey: Buffer = key): Buffer | undefined {
  const catalog = Catalog.reading(join(folder, 'catalog.db'), storeKey)
  onTestFinished(() => catalog?.close())
  return catalog?.names().includes(day) === true ? catalog.keyOf(day) : undefined
}

it('days that are too old are deleted with their keys; how far streams were read is kept', async () => {
  const { folder, dayFile } = stored([20, 9, 0])
  const name = dayFile(20).slice(-13, -3)
  expect(keyOf(folder, name)).toHaveLength(32)
  const leftover = join(folder, '2020-01-01.db')
  writeFileSync(leftover, 'a file that could not be deleted before')
  const store = LogStore.writing(folder, key)

  const expired = store.removeExpired({ days: 7, bytes: null }, Date.now())
  expect(expired.map(({ records }) => records)).toEqual([10, 10])
  expect(store.days()).toMatchObject([{ records: 10 }])
  store.append({ stream: 'new', records: [], bookmark: { ns: 99n, seen: [], restarts: 0 } })
  store.close()

  expect(readdirSync(folder).filter((file) => /^\d{4}-/.test(file))).toHaveLength(1)
  expect(existsSync(leftover)).toBe(false)
  const again = LogStore.writing(folder, key)
  onTestFinished(() => again.close())
  expect([20, 9, 0].map((days) => again.bookmark(`stream ${days}`)?.ns)).toEqual([20n, 9n, 0n])
  expect(again.bookmark('new')?.ns).toBe(99n)
  expect(keyOf(folder, name)).toBeUndefined()
})

it('an older copy of the catalog does not open deleted days with the key that the vault has now; the others are read with both', async () => {
  const { home, folder, dayFile } = stored([20, 9, 0])
  const [deleted, kept] = [dayFile(20).slice(-13, -3), dayFile(9).slice(-13, -3)]
  const copy = join(home, 'copy')
  cpSync(folder, copy, { recursive: true })
  const reader = LogStore.reading(folder, key)
  onTestFinished(() => reader?.close())
  const store = LogStore.writing(folder, key)
  store.removeExpired({ days: 15, bytes: null }, Date.now())
  const current = store.currentKey()
  store.close()

  expect(keyOf(copy, deleted)).toHaveLength(32)
  expect(() => keyOf(copy, deleted, current)).toThrow(expect.objectContaining({ code: 'LOG_STORE_DAMAGED' }))
  // Another process that still has the former key, from before the deletion or from a vault that was not changed yet.
  expect(reader?.days().map(({ records }) => records)).toEqual([10, 10])
  expect(keyOf(folder, kept)).toEqual(keyOf(folder, kept, current))
  const again = LogStore.writing(folder, current)
  again.removeExpired({ days: 5, bytes: null }, Date.now())
  const last = again.currentKey()
  again.close()
  expect(() => keyOf(copy, kept, last)).toThrow(expect.objectContaining({ code: 'LOG_STORE_DAMAGED' }))
  for (const each of [key, current, last]) {
    const left = LogStore.reading(folder, each)
    expect(left?.days()).toMatchObject([{ records: 10 }])
    left?.close()
  }
})

it('a policy is applied when it is set, reported, and seen by readers at once; until then nothing is deleted', async () => {
  const { home, folder } = stored([20, 9, 0])
  let vaultKey: Buffer = key
  const logs = createLogs({
    home,
    plane: async (id: string) => ({ id }),
    profile: async () => ({ logSources: [] }),
    existingKey: async () => vaultKey,
    replaceKey: async (_: string, before: Buffer, after: Buffer) => {
      expect(before).toEqual(vaultKey)
      vaultKey = after
    },
    untilLocked: () => never,
    protection: async () => 'passphrase',
    destroyKey: async () => undefined,
    access: {
      host: 'desktop',
      recordKey: async () => recordKey,
      key: async () => accessKey,
      existingKey: async () => accessKey,
      destroyKey: async () => undefined,
    },
    searches: { read: async () => undefined, write: async () => undefined },
    fetches: { read: async () => undefined, write: async () => undefined },
    operations: { register: () => undefined, list: async () => [] },
  } as unknown as LogsPorts) // as much as reading and deleting use
  onTestFinished(() => logs.close())
  expect(await logs.retention({ planeId })).toEqual({ days: null, bytes: null, removed: null })
  expect((await logs.status({ planeId })).records).toBe(30)
  expect(await logs.expired({ planeId, days: 10, bytes: null }, never)).toMatchObject({ days: 1, records: 10 })
  expect((await logs.status({ planeId })).records).toBe(30)

  const set = await logs.setRetention({ planeId, days: 10, bytes: null })
  expect(set).toMatchObject({ days: 10, bytes: null, removed: { days: 1, records: 10 } })
  expect((await logs.status({ planeId })).records).toBe(20)
  expect(vaultKey).toHaveLength(64)
  expect(await logs.setRetention({ planeId, days: null, bytes: 1_000_000 })).toMatchObject({ removed: { days: 1 } })

  expect((await logs.accesses({ planeId })).entries.map(({ action, asked }) => [action, asked])).toEqual([
    ['retention', { days: null, bytes: 1_000_000 }],
    ['retention', { days: 10, bytes: null }],
  ])
  await logs.forget({ planeId })
  expect(readdirSync(join(folder, '..'))).toEqual([])
}, 30_000)
