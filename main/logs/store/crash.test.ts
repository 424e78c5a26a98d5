import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { columnsOf } from './block-columns.ts'
import type { Bookmark } from './bookmark.ts'
import { pack } from './packed-block.ts'
import { Partition } from './partition.ts'
import type { StoredRecord } from './record.ts'
import { SpoolWriter, spoolKey } from './spool.ts'
import { LogStore } from './store.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const stream = 'orders-1/main'
const noon = Date.UTC(2026, 10, 22, 12)
const dayMs = 86_400_000

let folder: string
let key: Buffer
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hangar-crash-'))
  key = randomBytes(32)
})
afterEach(() => rmSync(folder, { recursive: true }))

const bookmarkAt = (number: number): Bookmark => ({ ns: BigInt(number), seen: [`hash${number}`], restarts: 0 })

const batch = (number: number, atMs = noon + number) => ({
  stream,
  bookmark: bookmarkAt(number),
  records: [
    {
      atMs,
      atSource: 'kubelet' as const,
      level: null,
      source: 'orders',
      pod: 'orders-1',
      container: 'main',
      parser: 'auto' as const,
      raw: `line ${number}`,
    },
  ],
})

function write(change: (store: LogStore) => void): void {
  const store = LogStore.writing(folder, key)
  change(store)
  store.close()
}

/** The stored lines in order, and the bookmark that a new writer continues from. */
async function stored() {
  const store = LogStore.writing(folder, key)
  const raws: string[] = []
  for await (const event of store.search({ planeId, limit: 1_000 }, AbortSignal.timeout(5_000))) {
    if (event.kind === 'records') raws.push(...event.records.map(({ raw }) => raw))
  }
  const bookmark = store.bookmark(stream)
  const followed = store.after(-1, 1_000).map(({ raw }) => raw)
  store.close()
  return { raws: raws.toReversed(), bookmark, followed }
}

/** Copies the files of that name: what they are after a crash in which later writes to them were lost. */
function saved(prefix: string): () => void {
  const copy = mkdtempSync(join(tmpdir(), 'hangar-crash-copy-'))
  const names = () => readdirSync(folder).filter((name) => name.startsWith(prefix))
  for (const name of names()) cpSync(join(folder, name), join(copy, name))
  return () => {
    for (const name of names()) rmSync(join(folder, name))
    cpSync(copy, folder, { recursive: true })
    rmSync(copy, { recursive: true })
  }
}

const blockOf = (records: readonly StoredRecord[]) => {
  const { columns, text } = columnsOf(records)
  return pack(columns, text)
}

describe('after a crash', () => {
  it('has records and their bookmark where the catalog missed both', async () => {
    write((store) => store.append(batch(1)))
    write((store) => {
      store.append(batch(2))
      const restore = saved('catalog.db')
      store.append(batch(3))
      store.close()
      restore()
    })

    expect(await stored()).toEqual({
      raws: ['line 1', 'line 2', 'line 3'],
      bookmark: bookmarkAt(3),
      followed: ['line 1', 'line 2', 'line 3'],
    })
  })

  it('has neither records nor their bookmark where only the catalog kept them', async () => {
    write((store) => {
      store.append(batch(1))
      const restore = saved('2026-11-22.db')
      store.append(batch(2))
      store.close()
      restore()
    })

    expect(await stored()).toMatchObject({ raws: ['line 1'], bookmark: bookmarkAt(1) })
  })

  it('has neither records nor their bookmark where the bookmark could not be written', async () => {
    const file = join(folder, 'day.db')
    const partition = Partition.writing(file, key)
    const [record] = batch(1).records
    const records = record === undefined ? [] : [{ seq: 0, ...record }]
    // A column that must not be empty refuses it, as a full disk would.
    const marks = [{ name: stream, value: '{}', seq: Number.NaN }]

    expect(() => partition.append(records, marks)).toThrow()
    expect(() => partition.appendBlocks([blockOf(records)], 0, marks)).toThrow()
    expect(partition.after(-1, 10)).toEqual([])
    partition.close()
  })

  it('stores no record under the number of another one', async () => {
    write((store) => {
      store.append(batch(1))
      const restore = saved('catalog.db')
      for (let number = 2; number < 9; number += 1) store.append(batch(number))
      store.close()
      restore()
    })
    write((store) => store.append(batch(9)))

    expect((await stored()).raws).toHaveLength(9)
  })

  it('has the last bookmark of a stream over several days, also where the file of one day is lost', async () => {
    write((store) => store.append(batch(1)))
    write((store) => store.append(batch(2, noon + dayMs)))
    write((store) => store.append(batch(3, noon + 3)))

    expect((await stored()).bookmark).toEqual(bookmarkAt(3))
    rmSync(join(folder, '2026-11-23.db'))
    expect((await stored()).bookmark).toEqual(bookmarkAt(3))
  })

  it('stores a sealed batch once, also where its spool was not deleted', async () => {
    write((store) => store.append(batch(1)))
    const spool = new SpoolWriter(folder, spoolKey(key))
    for (const number of [2, 3]) spool.append(batch(number))
    spool.close()
    const restore = saved('spool')
    await stored()
    restore()

    expect(await stored()).toMatchObject({ raws: ['line 1', 'line 2', 'line 3'], bookmark: bookmarkAt(3) })
  })
})
