import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LogRecord } from '../../../preload/contract/logs.ts'
import { LogStore } from './store.ts'

/**
 * 1: by the version before binary columns (ChaCha20 pages, columns as JSON). 2: by the one before blocks had parts and signatures
 * had joints. Each: 900 records on 2026-11-22 from 12:00 UTC, one a
 * second; 759 of them in a block, 141 in the head. Every tenth is an ERROR, of the others every seventh has no level.
 */
const folderOf = (version: number): string =>
  fileURLToPath(new URL(`../../../test/logs/store-of-version-${version}`, import.meta.url))
const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const key = Buffer.alloc(32, 7)
const bookmark = { ns: 1_700_000_000_123_456_789n, seen: ['a'], restarts: 2 }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hangar-logs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function search(store: LogStore, text: string, limit = 1_000): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for await (const event of store.search({ planeId, text, limit }, AbortSignal.timeout(10_000))) {
    if (event.kind === 'records') records.push(...event.records)
    else expect(event.damaged).toBeUndefined()
  }
  return records
}

async function expectEverything(store: LogStore): Promise<void> {
  const all = await search(store, '')
  expect(all.map(({ raw }) => raw.split(' accepted')[0])).toEqual(
    Array.from({ length: 900 }, (_, index) => `order ${899 - index}`),
  )
  expect(all[0]).toMatchObject({ source: 'billing', pod: 'pod-1', container: 'main', at: '2026-11-22T12:14:59.000Z' })
  expect(all.filter(({ format }) => format === 'gap')).toHaveLength(1)
  expect((await search(store, 'ÜBERWEISUNG "order 450"'))[0]?.raw).toContain('\n\tat step 450 xxx')
  expect(await search(store, 'level:error')).toHaveLength(90)
  expect(await search(store, '/order 8[0-9]{2} /')).toHaveLength(100)
  expect(store.bookmark('pod-0/main')).toEqual(bookmark)
  expect(store.summary().records).toBe(900)
}

it.each([1, 2])('a store of version %i is read', async (version) => {
  cpSync(folderOf(version), folder, { recursive: true })
  const store = LogStore.reading(folder, key) ?? expect.fail('the store does not exist')
  await expectEverything(store)
  store.close()
})

it.each([1, 2])('a store of version %i is continued', async (version) => {
  cpSync(folderOf(version), folder, { recursive: true })
  const store = LogStore.writing(folder, key)
  await expectEverything(store)
  const record = {
    atSource: 'line',
    level: 'INFO',
    source: 'orders',
    pod: 'p',
    container: 'c',
    parser: 'auto',
  } as const
  const added = Array.from({ length: 1_000 }, (_, index) => ({
    ...record,
    atMs: Date.UTC(2026, 10, 22, 13) + index,
    raw: `added ${index} ${'y'.repeat(300)}`,
  }))
  store.append({ stream: 'p/c', records: added, bookmark })
  expect(await search(store, 'added')).toHaveLength(1_000)
  expect(await search(store, 'accepted')).toHaveLength(900)
  expect(store.after(899, 2_000)).toHaveLength(1_000)
  store.close()
})
