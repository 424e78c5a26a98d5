import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { linesAround } from './around.ts'
import { LogStore } from './store/store.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const start = Date.UTC(2026, 10, 22, 23, 59, 50)

/** Two pods of a source write in turn, over midnight: 20 lines each. */
function twoPods(): LogStore {
  const folder = mkdtempSync(join(tmpdir(), 'hangar-logs-'))
  const store = LogStore.writing(folder, randomBytes(32))
  onTestFinished(() => {
    store.close()
    rmSync(folder, { recursive: true })
  })
  const records = Array.from({ length: 40 }, (_, index) => ({
    atMs: start + index * 500,
    atSource: 'line' as const,
    level: index % 4 === 0 ? ('ERROR' as const) : ('INFO' as const),
    source: 'orders',
    pod: `orders-${index % 2}`,
    container: 'main',
    parser: 'plain' as const,
    raw: `line ${index}`,
  }))
  store.append({ stream: 'orders', records, bookmark: { ns: 1n, seen: [], restarts: 0 } })
  return store
}

async function idOf(store: LogStore, text: string): Promise<string> {
  for await (const event of store.search({ planeId, text }, AbortSignal.timeout(5_000)))
    if (event.kind === 'records') return event.records[0]?.id ?? ''
  throw new Error(`There is no ${text}`)
}

const around = (store: LogStore, record: string, lines: number, query = {}) =>
  linesAround(
    store.search.bind(store),
    { planeId, record, before: lines, after: lines, query },
    AbortSignal.timeout(5_000),
  )

it('the lines around a record are those of its pod, oldest first, whatever the query asks for', async () => {
  const store = twoPods()
  const id = await idOf(store, '"line 20"')

  const found = await around(store, id, 2, { text: 'nothing or has this', levels: ['FATAL'] })

  expect(found.records.map(({ raw }) => raw)).toEqual(['line 16', 'line 18', 'line 20', 'line 22', 'line 24'])
  expect(found).toMatchObject({ matching: [], moreBefore: true, moreAfter: true })
})

it('the lines around a record that match the query are named', async () => {
  const store = twoPods()
  const id = await idOf(store, '"line 20"')
  const rawOf = async (query: object) => {
    const { records, matching } = await around(store, id, 2, query)
    return records.filter((record) => matching.includes(record.id)).map(({ raw }) => raw)
  }

  expect(await rawOf({ text: '24 or level:error' })).toEqual(['line 16', 'line 20', 'line 24'])
  expect(await rawOf({ text: 'pod:orders-1' })).toEqual([])
  expect(await rawOf({ text: 'line', sources: ['other'] })).toEqual([])
})

it('the first and last lines of a pod have none before and after them', async () => {
  const store = twoPods()
  const found = await around(store, await idOf(store, '"line 20"'), 100)
  expect(found.records).toHaveLength(20)
  expect(found).toMatchObject({ moreBefore: false, moreAfter: false })
})

it('there are no lines around a record that is not stored any more', async () => {
  const store = twoPods()
  expect((await around(store, '0zzzzzzzz-0000000000', 2)).records).toEqual([])
  await expect(around(store, 'no id', 2)).rejects.toMatchObject({ code: 'QUERY_INVALID' })
})
