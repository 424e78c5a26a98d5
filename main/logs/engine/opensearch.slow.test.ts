import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { EngineFetchEvent, EngineSearchEvent, LogQuery, LogRecord } from '../../../preload/contract/logs.ts'
import { LogSource } from '../../../preload/contract/profiles.ts'
import { predicateOf } from '../query/evaluate.ts'
import { parseQuery } from '../query/parse.ts'
import { requirementOf } from '../query/plan.ts'
import { LogStore } from '../store/store.ts'
import { comparedQueries, engineLines } from './compared-queries.ts'
import { fetchLogs } from './fetch.ts'
import { type AskOpenSearch, openOpenSearch } from './opensearch.ts'
import type { ScriptedLine } from './scripted-loki.ts'
import { documentsFrom, type ScriptedDocument, scriptedOpenSearch } from './scripted-opensearch.ts'
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
const lines = engineLines(startMs, 110)
const documents = documentsFrom(lines)

type Query = Omit<LogQuery, 'planeId'>
type Done = Extract<EngineSearchEvent, { kind: 'done' }>
type Script = Parameters<typeof scriptedOpenSearch>[1]

async function searched(query: Query, ask: AskOpenSearch, more: Partial<EngineSearch> = {}) {
  const input = { query: { planeId: '', ...query }, sources, pods, nowMs, ...more }
  const records: LogRecord[] = []
  let done: Done | undefined
  for await (const event of searchEngine(input, openOpenSearch(ask, 'logs-*'), signal)) {
    if (event.kind === 'records') records.push(...event.records)
    if (event.kind === 'done') done = event
  }
  return { records, done }
}

/** Page by page, until there is no more. */
async function pagewise(query: Query, ask: AskOpenSearch, more: Partial<EngineSearch> = {}): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for (let cursor = {}; ; ) {
    const page = await searched({ ...query, ...cursor }, ask, more)
    records.push(...page.records)
    if (page.done?.next === undefined) return records
    cursor = { [query.order === 'oldest' ? 'after' : 'before']: page.done.next }
  }
}

async function newStore(): Promise<LogStore> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-opensearch-'))
  const store = LogStore.writing(folder, randomBytes(32))
  onTestFinished(async () => {
    store.close()
    await rm(folder, { recursive: true, force: true })
  })
  return store
}

async function fetchInto(store: LogStore, ask: AskOpenSearch): Promise<EngineFetchEvent | undefined> {
  const input = { engine: 'e', sources, pods, fromMs: startMs - 60_000, toMs: nowMs }
  let last: EngineFetchEvent | undefined
  for await (const progress of fetchLogs(input, openOpenSearch(ask, 'logs-*'), store, signal)) last = progress
  return last
}

async function stored(store: LogStore, text: string, order: 'newest' | 'oldest' = 'oldest'): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for await (const found of store.search({ planeId: '', text, order, limit: 10_000 }, signal))
    if (found.kind === 'records') records.push(...found.records)
  return records
}

const compared = (records: readonly LogRecord[]) =>
  records
    .map(({ at, atSource, level, source, pod, container, raw }) =>
      JSON.stringify([at, atSource, level, source, pod, container, raw]),
    )
    .sort()

describe('a search of OpenSearch', () => {
  let folder: string
  let store: LogStore

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-opensearch-'))
    store = LogStore.writing(folder, randomBytes(32))
    await fetchInto(store, scriptedOpenSearch(documents).ask)
  }, 60_000)
  afterAll(async () => {
    store.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('gives the records that the store gives, for each kind of query, mapping and order', async () => {
    for (const log of ['text', 'wildcard', 'keyword'])
      for (const text of comparedQueries) {
        const order = log === 'text' ? 'newest' : 'oldest'
        const fields = fieldsWith(log)
        const { records, done } = await searched(
          { text, order, limit: 10_000 },
          scriptedOpenSearch(documents, { fields }).ask,
        )

        expect([log, text, compared(records)]).toEqual([log, text, compared(await stored(store, text))])
        expect(done).toMatchObject({ more: false, reached: null })
        const times = records.map(({ at }) => at)
        expect(times).toEqual(order === 'newest' ? times.toSorted().reverse() : times.toSorted())
      }
  }, 120_000)

  it.each([
    ['', 'newest'],
    ['order', 'oldest'],
    ['"at org.a.B.c"', 'newest'],
    ['level:error', 'oldest'],
  ] as const)(
    'gives each record of "%s" once, page by page, %s first',
    async (text, order) => {
      const { ask } = scriptedOpenSearch(documents)
      const { records } = await searched({ text, order, limit: 10_000 }, ask)

      expect(await pagewise({ text, order, limit: 7 }, ask)).toEqual(records)
      expect(new Set(records.map(({ id }) => id)).size).toBe(records.length)
    },
    60_000,
  )

  it('gives lines of one millisecond in the order of their writing, and each once where pages end among them', async () => {
    const alike: ScriptedLine[] = Array.from({ length: 240 }, (_, index) => ({
      ns: BigInt(startMs + (index < 120 ? 0 : Math.floor(index / 20))) * 1_000_000n,
      line: `line ${String(index).padStart(3, '0')}`,
      labels: { namespace: 'default', pod: `orders-${index % 2}`, container: 'main' },
    }))
    for (const order of ['newest', 'oldest'] as const) {
      const { ask } = scriptedOpenSearch(documentsFrom(alike, 2), { maxLines: 50 })
      const records = await pagewise({ limit: 9, order }, ask, { linesAtOnce: 60 })
      for (const pod of ['orders-0', 'orders-1']) {
        const raws = records.filter((record) => record.pod === pod).map(({ raw }) => raw)
        const written = alike.filter(({ labels }) => labels.pod === pod).map(({ line }) => line)
        expect(raws).toEqual(order === 'oldest' ? written : written.toReversed())
      }
    }
  }, 60_000)

  it('reads few lines where a word is asked for, and names it where all are read', async () => {
    const words = scriptedOpenSearch(documents)
    const found = await searched({ text: '"order 77"', limit: 100 }, words.ask)
    expect(found.done).toMatchObject({ isFiltered: true })
    expect((await searched({ text: 'IllegalState', limit: 100 }, words.ask)).done?.linesRead).toBeLessThan(
      lines.length / 2,
    )

    const whole: [string, Script][] = [
      ['an analyzer of its own', { mapping: { type: 'text', analyzer: 'log_lines' } }],
      ['a search analyzer of its own', { mapping: { type: 'text', search_analyzer: 'stop' } }],
      ['a standard analyzer that the index has redefined', { settings: { logs: { settings: { x: '1' } } } }],
      ['a normalizer', { fields: fieldsWith('keyword'), mapping: { type: 'keyword', normalizer: 'n' } }],
      ['searches within words forbidden', { isCheap: true }],
    ]
    for (const [name, script] of whole) {
      const { records, done } = await searched(
        { text: 'IllegalState', limit: 10_000 },
        scriptedOpenSearch(documents, script).ask,
      )
      expect([name, done?.isFiltered]).toEqual([name, false])
      expect(compared(records)).toEqual(compared(await stored(store, 'IllegalState')))
    }
  }, 60_000)

  it('chooses a line of each record that matches, also in words that the tokenizer cuts and letters that fold', async () => {
    const word = fc.constantFrom('abc', 'bcd', '"c d"', 'kkk', 'iii', 'x1y2z3', 'aab', '/b+c/')
    const line = fc.array(
      fc.constantFrom('abc', 'ABC', 'd', ' ', 'k', '\u212a', 'iii', 'İ', 'x1y2z3', '.', '_', 'a'.repeat(253), 'b', 'c'),
      { maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(word, fc.array(line, { minLength: 1, maxLength: 3 }), async (text, parts) => {
        const raws = parts.map((each) => each.join(''))
        const expression = parseQuery(text, nowMs)
        const raw = raws.join('\n')
        const record = { atMs: 0, level: null, source: '', pod: '', container: '', raw }
        if (!predicateOf(expression)({ ...record, folded: () => raw.toLowerCase(), fields: () => [] })) return
        const given = documentsFrom(
          raws.map((each) => ({ ns: BigInt(startMs) * 1_000_000n, line: each, labels: ofOrders })),
        )
        for (const log of ['text', 'wildcard']) {
          const open = openOpenSearch(scriptedOpenSearch(given, { fields: fieldsWith(log) }).ask, 'logs')
          const opened = await open(['default'], { fromMs: startMs, toMs: nowMs }, signal)
          const filter = await opened?.filterFor(requirementOf(expression), signal)
          if (filter === undefined) continue
          const range = { fromNs: BigInt(startMs) * 1_000_000n, toNs: BigInt(nowMs) * 1_000_000n }
          const page = await opened?.page({ containers: opened.origins, filter, direction: 'forward' }, range, signal)
          expect([log, page?.entries.length]).not.toEqual([log, 0])
        }
      }),
      { numRuns: 400 },
    )
  }, 60_000)
})

describe('a fetch from OpenSearch', () => {
  it('continues after the connection was lost, with each line once and in order', async () => {
    const store = await newStore()
    const many = documentsFrom(
      Array.from({ length: 600 }, (_, index) => ({
        ns: BigInt(startMs + Math.floor(index / 3) * 20) * 1_000_000n,
        line: index % 5 === 0 ? 'the same line' : `line ${index}`,
        labels: { namespace: 'default', pod: index < 300 ? 'orders-0' : 'orders-1', container: 'main' },
      })),
    )
    const small = { maxLines: 50 }
    await expect(fetchInto(store, scriptedOpenSearch(many, { ...small, pages: 14 }).ask)).rejects.toThrow('lost')
    const before = (await stored(store, '')).length
    const after = await fetchInto(store, scriptedOpenSearch(many, small).ask)

    expect([before > 0, before + (after?.records ?? 0)]).toEqual([true, 600])
    for (const pod of ['orders-0', 'orders-1'])
      expect((await stored(store, `pod:${pod}`)).map(({ raw }) => raw)).toEqual(
        many.filter(({ source }) => JSON.stringify(source).includes(`"${pod}"`)).map(({ source }) => source.log),
      )
  }, 60_000)

  it('puts lines of one millisecond in order by finer times, where documents have them', async () => {
    const store = await newStore()
    const at = (sequence: number, nanoseconds: string, log: string): ScriptedDocument => ({
      sequence,
      source: { ...documents[0]?.source, '@timestamp': `2026-03-01T20:00:00.123${nanoseconds}Z`, log },
    })
    await fetchInto(store, scriptedOpenSearch([at(0, '000300', 'c'), at(1, '0001', 'a'), at(2, '000200', 'b')]).ask)

    expect((await stored(store, '')).map(({ raw }) => raw)).toEqual(['a', 'b', 'c'])
  }, 60_000)
})

describe('an OpenSearch that', () => {
  const { ask } = scriptedOpenSearch(documents)
  const answering =
    (part: string, answer: unknown): AskOpenSearch =>
    async (request, until) =>
      request.path.includes(part) ? answer : ask(request, until)
  const shards = { total: 3, successful: 3, skipped: 0, failed: 0 }

  it.each<[string, AskOpenSearch, string, string]>([
    [
      'could not read a shard',
      answering('_search', {
        timed_out: false,
        _shards: { ...shards, successful: 2, failed: 1, failures: [{ reason: 'x' }] },
      }),
      'LOG_ENGINE_REFUSED',
      '1 of 3 shards',
    ],
    [
      'has a shard on no node, which is no failure',
      answering('_search', { timed_out: false, _shards: { ...shards, successful: 2 } }),
      'LOG_ENGINE_REFUSED',
      '1 of 3 shards',
    ],
    ['ran out of time', answering('_search', { timed_out: true, _shards: shards }), 'LOG_ENGINE_REFUSED', 'in time'],
    ['has no such index', answering('_field_caps', { indices: [], fields: {} }), 'LOG_ENGINE_REFUSED', '--index'],
    [
      'indexes something else',
      answering('_field_caps', { indices: ['a'], fields: { '@timestamp': {} } }),
      'LOG_ENGINE_UNAVAILABLE',
      'which namespace',
    ],
    ['is none', answering('_field_caps', '<html>'), 'LOG_ENGINE_UNAVAILABLE', 'as OpenSearch does'],
    [
      'gives numbers for names',
      answering('_field_caps', { indices: 7, fields: [] }),
      'LOG_ENGINE_UNAVAILABLE',
      'as OpenSearch',
    ],
    [
      'leaves out its shards',
      answering('_search', { hits: { hits: [] } }),
      'LOG_ENGINE_UNAVAILABLE',
      'as OpenSearch does',
    ],
    [
      'gives a document without a time',
      async (request, until) => {
        const body = request.body?.aggs
        if (!request.path.endsWith('_search') || body !== undefined) return ask(request, until)
        return { _shards: shards, hits: { hits: [{ _source: {}, fields: { '@timestamp': [7] }, sort: [1, 2] }] } }
      },
      'LOG_ENGINE_UNAVAILABLE',
      'without a time',
    ],
  ])('%s is an error', async (_, wrong, code, words) => {
    await expect(searched({ limit: 10 }, wrong)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    })
  })

  it('gives pages without end does not take the memory: lines of one millisecond have a limit', async () => {
    let sequence = 0
    const endless: AskOpenSearch = async (request, until) => {
      if (!request.path.endsWith('_search') || request.body?.aggs !== undefined) return ask(request, until)
      const hits = Array.from({ length: Number(request.body?.size ?? 0) }, () => {
        sequence += 1
        return {
          _source: documents[0]?.source,
          fields: { '@timestamp': [documents[0]?.source['@timestamp']] },
          sort: [sequence],
        }
      })
      return { _shards: shards, hits: { hits } }
    }

    await expect(searched({ limit: 10 }, endless)).rejects.toMatchObject({ code: 'LOG_ENGINE_REFUSED' })
  }, 60_000)
})

const ofOrders = { namespace: 'default', pod: 'orders-0', container: 'main' }

function fieldsWith(log: string): Readonly<Record<string, string>> {
  const names = ['namespace_name', 'pod_name', 'container_name'].map((name) => [`kubernetes.${name}`, 'keyword'])
  return { '@timestamp': 'date', log, ...Object.fromEntries(names) }
}
