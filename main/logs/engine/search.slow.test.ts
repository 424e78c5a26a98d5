import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EngineSearchEvent, LogQuery, LogRecord } from '../../../preload/contract/logs.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { LogSource } from '../../../preload/contract/profiles.ts'
import { LogStore } from '../store/store.ts'
import { comparedQueries, engineLines } from './compared-queries.ts'
import { fetchLogs } from './fetch.ts'
import { type Ask, openLoki } from './loki.ts'
import { clustersOf } from './scan.ts'
import { type ScriptedLine, scriptedLoki } from './scripted-loki.ts'
import { type EngineSearch, searchEngine } from './search.ts'

const signal = new AbortController().signal
const sourceOf = (id: string) =>
  LogSource.parse({ id, title: id, component: id, namespace: 'default', selector: `app=${id}` })
const sources = [sourceOf('orders'), sourceOf('payments')]
const pods = new Map([
  ['orders', ['orders-0']],
  ['payments', ['payments-0']],
])
const startMs = Date.parse('2026-03-01T20:00:00Z')
const nowMs = startMs + 3_600_000
const lines = engineLines(startMs, 220)

type Query = Omit<LogQuery, 'planeId'>
type Done = Extract<EngineSearchEvent, { kind: 'done' }>

async function searched(
  query: Query,
  ask: Ask = scriptedLoki(lines).ask,
  more: Partial<EngineSearch> = {},
): Promise<{ readonly records: LogRecord[]; readonly done: Done | undefined }> {
  const input = { query: { planeId: '', ...query }, sources, pods, nowMs, ...more }
  const records: LogRecord[] = []
  let done: Done | undefined
  for await (const event of searchEngine(input, openLoki(ask), signal)) {
    if (event.kind === 'records') records.push(...event.records)
    if (event.kind === 'done') done = event
  }
  return { records, done }
}

/** Page by page, until there is no more. */
async function pagewise(query: Query, more: Partial<EngineSearch> = {}): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  const { ask } = scriptedLoki(lines)
  for (let cursor = {}; ; ) {
    const page = await searched({ ...query, ...cursor }, ask, more)
    records.push(...page.records)
    if (page.done?.next === undefined) return records
    cursor = { [query.order === 'oldest' ? 'after' : 'before']: page.done.next }
  }
}

const compared = (records: readonly LogRecord[]) =>
  records.map(({ at, atSource, level, source, pod, container, raw }) =>
    JSON.stringify([at, atSource, level, source, pod, container, raw]),
  )

describe('a search of Loki', () => {
  let folder: string
  let store: LogStore

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-engine-'))
    store = LogStore.writing(folder, randomBytes(32))
    const input = { engine: 'e', sources, pods, fromMs: startMs - 60_000, toMs: nowMs }
    for await (const _ of fetchLogs(input, openLoki(scriptedLoki(lines).ask), store, signal));
  })
  afterAll(async () => {
    store.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function stored(text: string, order: 'newest' | 'oldest'): Promise<LogRecord[]> {
    const records: LogRecord[] = []
    for await (const found of store.search({ planeId: '', text, order, limit: 10_000 }, signal))
      if (found.kind === 'records') records.push(...found.records)
    return records
  }

  it.each(comparedQueries)('gives the records that the store gives: %s', async (text) => {
    for (const order of ['newest', 'oldest'] as const) {
      const expected = compared(await stored(text, order)).sort()
      const { records, done } = await searched({ text, order, limit: 10_000 })

      expect(compared(records).sort()).toEqual(expected)
      expect(done).toMatchObject({ more: false, reached: null })
      const times = records.map(({ at }) => at)
      expect(times).toEqual(order === 'newest' ? times.toSorted().reverse() : times.toSorted())
    }
  })

  it.each([
    ['', 'newest'],
    ['', 'oldest'],
    ['order', 'newest'],
    ['order', 'oldest'],
    ['"at org.a.B.c"', 'newest'],
    ['"at org.a.B.c"', 'oldest'],
    ['level:error', 'oldest'],
  ] as const)('gives each record of "%s" once, page by page, %s first', async (text, order) => {
    const { records } = await searched({ text, order, limit: 10_000 })

    expect(await pagewise({ text, order, limit: 7 })).toEqual(records)
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length)
  })

  it.each([
    ['level:error', 'newest'],
    ['level:error', 'oldest'],
    ['"order 77"', 'newest'],
    ['"order 77"', 'oldest'],
  ] as const)('pauses after many lines, and continues: %s, %s first', async (text, order) => {
    const { ask } = scriptedLoki(lines, { maxLines: 60 })
    const { done } = await searched({ text, order, limit: 1_000 }, ask, { linesAtOnce: 100 })
    const { records } = await searched({ text, order, limit: 1_000 })

    if (text === 'level:error') expect(done).toMatchObject({ more: true, reached: expect.any(String) })
    expect(await pagewise({ text, order, limit: 1_000 }, { linesAtOnce: 50 })).toEqual(records)
  })

  it('asks for lines with the text, and only reads what is around them', async () => {
    const { ask, asked } = scriptedLoki(lines)
    const { done } = await searched({ text: '"order 77"', limit: 100 }, ask)

    expect(asked.find((each) => each.includes('|~'))).toContain('order 77')
    expect(done).toMatchObject({ isFiltered: true })
    expect(done?.linesRead).toBeLessThan(lines.length / 4)
  })

  it('asks nothing of containers in which no record can match', async () => {
    const { ask, asked } = scriptedLoki(lines)
    await searched({ text: 'pod:payments-0', limit: 5 }, ask)

    const queries = asked.filter((each) => each.includes('query_range'))
    expect(queries.every((each) => each.includes('pod="payments-0"'))).toBe(true)
  })

  it('finds nothing of containers that belong to no source', async () => {
    const stranger = {
      ns: BigInt(startMs) * 1_000_000n,
      line: 'strange',
      labels: { namespace: 'default', pod: 'x-0', container: 'main' },
    }

    expect((await searched({ text: 'strange' }, scriptedLoki([...lines, stranger]).ask)).records).toEqual([])
  })

  it('gives lines that many containers have in one nanosecond once, where pages end among them', async () => {
    const alike: ScriptedLine[] = Array.from({ length: 90 }, (_, index) => ({
      ns: BigInt(startMs) * 1_000_000n + BigInt(index >> 5),
      line: 'alike',
      labels: { namespace: 'default', pod: `orders-${index % 3}`, container: 'main' },
    }))
    const { ask } = scriptedLoki(alike, { maxLines: 60 })
    const ids: string[] = []
    for (let before: string | undefined; ; ) {
      const { records, done } = await searched({ limit: 4, ...(before !== undefined && { before }) }, ask)
      ids.push(...records.map(({ id }) => id))
      if (done?.next === undefined) break
      before = done.next
    }

    expect([ids.length, new Set(ids).size]).toEqual([90, 90])
  })

  it('asks for a shorter time where Loki takes too long', async () => {
    const { ask } = scriptedLoki(lines)
    const slow: Ask = async (path, query, until) => {
      if (path.endsWith('query_range') && BigInt(query.end ?? 0) - BigInt(query.start ?? 0) > 600_000_000_000n)
        throw new Problem('LOG_ENGINE_REFUSED', 'Refused.', 'HTTP 500: context deadline exceeded')
      return ask(path, query, until)
    }

    const query = { text: 'level:error since:2026-03-01T19:00', limit: 10_000 }
    expect((await searched(query, slow)).records).toEqual((await searched(query)).records)
  })

  it('ends with the reason of the abort', async () => {
    const controller = new AbortController()
    const { ask } = scriptedLoki(lines)
    const aborting: Ask = (path, query, until) => {
      if (path.endsWith('query_range')) controller.abort(new Error('stopped'))
      until.throwIfAborted()
      return ask(path, query, until)
    }
    const input = { query: { planeId: '' }, sources, pods, nowMs }

    await expect(searchEngine(input, openLoki(aborting), controller.signal).next()).rejects.toThrow('stopped')
  })
})

it('clustersOf joins times that are near, and no more than can be read at once', () => {
  const second = 1_000_000_000n
  const dense = Array.from({ length: 200 }, (_, index) => BigInt(index) * second)

  expect(clustersOf([])).toEqual([])
  expect(clustersOf([1n, 3n * second, 20n * second])).toEqual([[1n, 3n * second], [20n * second]])
  expect(clustersOf(dense).every((each) => (each.at(-1) ?? 0n) - (each[0] ?? 0n) <= 61n * second)).toBe(true)
})
