import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogQuery, LogRecord } from '../../../preload/contract/logs.ts'
import type { NewRecord } from './batch.ts'
import { LogStore } from './store.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const start = Date.UTC(2026, 10, 22, 23, 50)

let folder: string
let key: Buffer
let store: LogStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hangar-logs-'))
  key = randomBytes(32)
  store = LogStore.writing(folder, key)
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

const record = (index: number, raw: string, more: Partial<NewRecord> = {}): NewRecord => ({
  atMs: start + index * 1_000,
  atSource: 'line',
  level: 'INFO',
  source: 'orders',
  pod: 'orders-1',
  container: 'main',
  parser: 'auto',
  raw,
  ...more,
})

const append = (records: readonly NewRecord[]): void =>
  store.append({ stream: 'orders-1/main', records, bookmark: { ns: 1n, seen: [], restarts: 0 } })

/** Enough to seal blocks: about 600 lines make one. */
const manyLines = (count: number): NewRecord[] =>
  Array.from({ length: count }, (_, index) =>
    record(
      index,
      `time=${new Date(start + index * 1_000).toISOString()} level=INFO module=m message="order ${index}" id=${(index * 7_919).toString(16)}-aa${index} pad="${'x'.repeat(300)}"`,
    ),
  )

async function search(query: Partial<LogQuery>, from = store) {
  const records: LogRecord[] = []
  for await (const event of from.search({ planeId, ...query }, AbortSignal.timeout(10_000))) {
    if (event.kind === 'done') return { ...event, records }
    records.push(...event.records)
  }
  throw new Error('The search ended without `done`')
}

const isLong = process.env.HANGAR_LONG === '1'
/** The long run takes about 20 s for it on two cores. */
const propertyLimitMs = isLong ? 120_000 : 10_000

describe('LogStore', () => {
  it('finds one identifier among thousands of lines and reads few blocks for it', async () => {
    append(manyLines(4_000))

    const found = await search({ text: `${(1_234 * 7_919).toString(16)}-aa1234` })

    expect(found.records.map(({ message }) => message)).toEqual(['order 1234'])
    expect(found.blocksRead).toBeLessThanOrEqual(1)
    expect(found.blocksSkipped).toBeGreaterThanOrEqual(4)
  })

  it('pages backwards over blocks, days and the unsealed head, each record once', async () => {
    append(manyLines(2_000))
    const messages: string[] = []
    let before: string | undefined
    for (;;) {
      const page = await search({ limit: 300, before })
      messages.push(...page.records.map(({ message }) => message))
      before = page.records.at(-1)?.id
      if (!page.more) break
    }
    expect(messages).toEqual(Array.from({ length: 2_000 }, (_, index) => `order ${1_999 - index}`))
  })

  it('pages forwards, oldest first, each record once', async () => {
    append(manyLines(2_000))
    const messages: string[] = []
    let after: string | undefined
    for (;;) {
      const page = await search({ limit: 300, order: 'oldest', after })
      messages.push(...page.records.map(({ message }) => message))
      after = page.records.at(-1)?.id
      if (!page.more) break
    }
    expect(messages).toEqual(Array.from({ length: 2_000 }, (_, index) => `order ${index}`))
  })

  it('finds the lines right before and right after a record', async () => {
    append(manyLines(2_000))
    const [hit] = (await search({ text: '"order 1234"' })).records
    const messages = async (query: Partial<LogQuery>) =>
      (await search({ limit: 2, ...query })).records.map(({ message }) => message)
    expect(await messages({ before: hit?.id })).toEqual(['order 1233', 'order 1232'])
    expect(await messages({ after: hit?.id, order: 'oldest' })).toEqual(['order 1235', 'order 1236'])
  })

  it(
    'returns what a plain filter over all records returns',
    async () => {
      const word = fc.constantFrom('Error', 'Überweisung', 'a-b', 'x.y', 'timeout', 'id=7', '"q"', '日本')
      const anyRecord = fc.record({
        offset: fc.integer({ min: -200_000, max: 200_000 }),
        words: fc.array(word, { minLength: 1, maxLength: 6 }),
        level: fc.constantFrom('ERROR', 'INFO', null),
        source: fc.constantFrom('orders', 'billing'),
        large: fc.boolean(),
      })
      const anyQuery = fc.record({
        text: fc.array(word, { maxLength: 2 }).map((words) =>
          words
            .map((each) => each.replaceAll('"', ''))
            .join(' ')
            .toUpperCase(),
        ),
        levels: fc.subarray(['ERROR', 'INFO'] as const),
        sources: fc.subarray(['orders', 'billing']),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(anyRecord, { maxLength: 60 }), anyQuery, async (given, query) => {
          const own = mkdtempSync(join(tmpdir(), 'hangar-logs-'))
          const fresh = LogStore.writing(own, key)
          try {
            const records = given.map(({ offset, words, level, source, large }) =>
              record(0, `${words.join(' ')}${large ? ` ${'z'.repeat(40_000)}` : ''}`, {
                atMs: start + offset,
                level,
                source,
              }),
            )
            for (const each of records)
              fresh.append({ stream: 's', records: [each], bookmark: { ns: 1n, seen: [], restarts: 0 } })
            const expected = records
              .map((each, seq) => ({ ...each, seq }))
              .filter(
                ({ level }) =>
                  query.levels.length === 0 || (level !== null && (query.levels as readonly string[]).includes(level)),
              )
              .filter(({ source }) => query.sources.length === 0 || query.sources.includes(source))
              .filter(({ raw }) =>
                query.text
                  .toLowerCase()
                  .split(' ')
                  .every((term) => raw.toLowerCase().includes(term)),
              )
              .sort((a, b) => b.atMs - a.atMs || b.seq - a.seq)

            const found = await search({ ...query, limit: 1_000 }, fresh)

            expect(found.records.map(({ raw }) => raw)).toEqual(expected.map(({ raw }) => raw))
            const oldestFirst = await search({ ...query, limit: 1_000, order: 'oldest' }, fresh)
            expect(oldestFirst.records.map(({ id }) => id)).toEqual(found.records.map(({ id }) => id).toReversed())
          } finally {
            fresh.close()
            rmSync(own, { recursive: true })
          }
        }),
        { numRuns: isLong ? 200 : 12 },
      )
    },
    propertyLimitMs,
  )

  it('stores the raw text exactly, with control characters and without a final newline', async () => {
    const raw = 'first\n\tat second \u0000\u001b[31mred\u001b[0m "é" 😀'
    append([record(0, raw)])
    expect((await search({})).records[0]?.raw).toBe(raw)
  })

  it('writes neither the text, nor its base64, nor the key in the clear', () => {
    append([record(0, 'canary-in-a-log-line')])
    append(manyLines(1_000))
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name)).toString('latin1')
      expect(bytes).not.toContain('canary-in-a-log-line')
      expect(bytes).not.toContain(Buffer.from('canary-in-a-log-line').toString('base64').slice(0, 20))
      expect(bytes).not.toContain(key.toString('latin1'))
      expect(bytes).not.toContain(key.toString('hex'))
    }
  })

  it.skipIf(process.platform === 'win32')('creates its folder for its owner alone', () => {
    const created = join(folder, 'plane', 'logs')
    LogStore.writing(created, key).close()

    for (const each of [created, dirname(created)]) expect(statSync(each).mode & 0o777).toBe(0o700)
  })

  it('refuses another key with LOG_STORE_DAMAGED', () => {
    append([record(0, 'x')])
    expect(() => LogStore.reading(folder, randomBytes(32))).toThrow(
      expect.objectContaining({ code: 'LOG_STORE_DAMAGED' }),
    )
  })

  it('reports a partition as damaged when its bytes were changed, and searches the others', async () => {
    append(manyLines(1_000))
    store.close()
    const name = '2026-11-22.db'
    const file = join(folder, name)
    const bytes = readFileSync(file)
    bytes.fill(0xff, 100, 200)
    writeFileSync(file, bytes)
    store = LogStore.writing(folder, key)

    const { damaged, records } = await search({})
    expect(damaged).toBe(1)
    expect(new Set(records.map(({ at }) => at.slice(0, 10)))).toEqual(new Set(['2026-11-23']))
  })

  it.skipIf(process.platform === 'win32')(
    'keeps every file for its owner alone, also files that were open to others',
    () => {
      const before = process.umask(0)
      try {
        append(manyLines(700))
        const modes = (): number[] => readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)
        expect(new Set(modes())).toEqual(new Set([0o600]))
        expect(readdirSync(folder).filter((name) => name.endsWith('-wal')).length).toBeGreaterThan(1)
        for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644)
        store.close()
        store = LogStore.writing(folder, key)
        expect(statSync(join(folder, 'catalog.db')).mode & 0o777).toBe(0o600)
      } finally {
        process.umask(before)
      }
    },
  )

  it('serves a reader during writes', async () => {
    append(manyLines(700))
    const reader = LogStore.reading(folder, key)
    try {
      append([record(100_000, 'newest')])
      expect((await search({ limit: 1 }, reader ?? expect.fail('the store does not exist'))).records[0]?.raw).toBe(
        'newest',
      )
    } finally {
      reader?.close()
    }
  })

  it('is undefined for a reader before its tables exist', () => {
    const other = mkdtempSync(join(tmpdir(), 'hangar-logs-'))
    writeFileSync(join(other, 'catalog.db'), '')
    try {
      expect(LogStore.reading(other, key)).toBeUndefined()
    } finally {
      rmSync(other, { recursive: true })
    }
  })

  it('is empty for a reader while the first partition is being created', async () => {
    append([record(0, 'x')])
    const [name = ''] = readdirSync(folder).filter((each) => each.startsWith('2026-'))
    for (const each of readdirSync(folder)) if (each.startsWith(name)) rmSync(join(folder, each))
    const reader = LogStore.reading(folder, key) ?? expect.fail('the store does not exist')
    try {
      expect((await search({}, reader)).records).toEqual([])
    } finally {
      reader.close()
    }
  })

  it('counts its records, bytes and sources', () => {
    append([record(0, 'a'), record(1, 'bb', { source: 'billing', level: 'ERROR' })])
    const { records, rawBytes, storedBytes, oldest, newest, sources } = store.summary()
    expect({ records, rawBytes, sources: [...sources.keys()].sort() }).toEqual({
      records: 2,
      rawBytes: 3,
      sources: ['billing', 'orders'],
    })
    expect(storedBytes).toBeGreaterThan(0)
    expect([oldest, newest]).toEqual([new Date(start).toISOString(), new Date(start + 1_000).toISOString()])
  })

  it('returns later records in order of arrival', () => {
    append(manyLines(100))
    const last = store.lastSeq()
    append([record(-50, 'late'), record(0, 'later')])
    expect(store.after(last, 100).map(({ raw }) => raw)).toEqual(['late', 'later'])
  })

  it('pages forward over blocks, days and the head in order of arrival, and leaves nothing out', () => {
    append(manyLines(2_000))
    const raws: string[] = []
    for (let last = -1; ; ) {
      const page = store.after(last, 300)
      expect(page.length).toBeLessThanOrEqual(300)
      last = page.at(-1)?.seq ?? last
      raws.push(...page.map(({ raw }) => raw))
      if (page.length === 0) break
    }
    expect(raws).toEqual(manyLines(2_000).map(({ raw }) => raw))
  })

  it('counts the records that match a query, by minute and level', async () => {
    append(manyLines(1_500))
    append([record(10, 'id=7 late', { level: 'ERROR' }), record(11, 'other', { level: null })])
    const count = async (query: Partial<LogQuery>): Promise<number> =>
      (await store.histogram({ planeId, ...query }, AbortSignal.timeout(10_000))).reduce(
        (sum, each) => sum + each.count,
        0,
      )
    expect(await count({})).toBe(1_502)
    expect(await count({ levels: ['ERROR'] })).toBe(1)
    expect(await count({ text: '"order 77"' })).toBe(11)
    expect(await count({ text: 'level:none' })).toBe(1)
    expect(await count({ text: 'late -level:info', levels: ['ERROR'] })).toBe(1)
    expect(await count({ text: 'nowhere' })).toBe(0)
  })

  it.each([0, 0.2, 0.4, 0.6, 0.8, 1, 'flipped 0.5', 'flipped 0.9'])(
    'finds everything of other days when a day is damaged: %s of its file',
    async (left) => {
      append(manyLines(2_400))
      append([record(200_000, 'of another day')])
      store.close()
      const [name = ''] = readdirSync(folder).filter((each) => each.startsWith('2026-11-23') && each.endsWith('.db'))
      const bytes = readFileSync(join(folder, name))
      const at = Math.floor(bytes.length * Number(String(left).replace('flipped ', '')))
      const isCut = typeof left === 'number'
      if (!isCut) bytes[at] = (bytes[at] ?? 0) ^ 1
      writeFileSync(join(folder, name), isCut ? bytes.subarray(0, at) : bytes)
      const reader = LogStore.reading(folder, key) ?? expect.fail('the store does not exist')
      try {
        const { records, damaged = 0 } = await search({ limit: 1_000 }, reader)
        expect(records[0]?.raw).toBe('of another day')
        expect(records.length).toBeGreaterThan(600) // the first 10 minutes are of the day before
        expect(damaged > 0).toBe(left !== 1 && left !== 0)
        expect(reader.summary().records).toBeGreaterThan(600)
      } finally {
        reader.close()
        store = LogStore.writing(mkdtempSync(join(tmpdir(), 'hangar-logs-')), key)
      }
    },
  )

  it('stores the bookmark of a stream', () => {
    store.append({
      stream: 's',
      records: [],
      bookmark: { ns: 1_700_000_000_123_456_789n, seen: ['a', 'b'], restarts: 2 },
    })
    expect(store.bookmark('s')).toEqual({ ns: 1_700_000_000_123_456_789n, seen: ['a', 'b'], restarts: 2 })
  })
})
