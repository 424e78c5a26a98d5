import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { EngineFetchEvent, LogRecord } from '../../../preload/contract/logs.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { LogSource } from '../../../preload/contract/profiles.ts'
import { LogStore } from '../store/store.ts'
import { daysOf, fetchLogs, stamped } from './fetch.ts'
import { type Ask, openLoki } from './loki.ts'
import { type ScriptedLine, scriptedLoki } from './scripted-loki.ts'

const signal = new AbortController().signal
const source = LogSource.parse({
  id: 'orders',
  title: 'Orders',
  component: 'orders',
  namespace: 'apps',
  selector: 'app=orders',
})
const pods = new Map([['orders', ['orders-0']]])
const startMs = Date.parse('2026-03-01T20:00:00Z')
const range = { fromMs: startMs, toMs: startMs + 8 * 3_600_000 }
const input = { engine: 'logging/loki:3100/', sources: [source], pods, ...range }
const stepMs = 40_000
const labels = { namespace: 'apps', pod: 'orders-0', container: 'main', stream: 'stderr' }

/** Pages of 78 lines. */
const small = { maxLines: 100 }

const line = (
  index: number,
  text = `time=${new Date(startMs + index * stepMs).toISOString()} level=INFO module="" message="order ${index}"`,
): ScriptedLine => ({
  ns: BigInt(startMs + index * stepMs) * 1_000_000n,
  line: text,
  labels,
})

async function newStore(): Promise<LogStore> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-fetch-'))
  const store = LogStore.writing(folder, randomBytes(32))
  onTestFinished(async () => {
    store.close()
    await rm(folder, { recursive: true, force: true })
  })
  return store
}

async function stored(store: LogStore): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for await (const found of store.search({ planeId: '', order: 'oldest', limit: 100_000 }, signal))
    if (found.kind === 'records') records.push(...found.records)
  return records
}

async function fetchAll(store: LogStore, ask: Ask): Promise<EngineFetchEvent | undefined> {
  let last: EngineFetchEvent | undefined
  for await (const progress of fetchLogs(input, openLoki(ask), store, signal)) last = progress
  return last
}

// Each packs in threads of its own, which start slowly on a busy machine.
describe('fetchLogs', { timeout: 60_000 }, () => {
  it('stores each line once as a record of its source, over the end of a day', async () => {
    const store = await newStore()
    const lines = Array.from({ length: 700 }, (_, index) => line(index))
    const progress = await fetchAll(store, scriptedLoki(lines, small).ask)

    expect(progress).toEqual({
      kind: 'done',
      parts: 2,
      totalParts: 2,
      records: 700,
      known: 0,
      others: [],
      withoutLines: [],
      failed: [],
      oldest: new Date(startMs).toISOString(),
    })
    const records = await stored(store)
    expect(records.map(({ raw }) => raw)).toEqual(lines.map((each) => each.line))
    expect(records[5]).toMatchObject({
      source: 'orders',
      pod: 'orders-0',
      container: 'main',
      level: 'INFO',
      message: 'order 5',
      atSource: 'line',
    })
  })

  it('joins a stack trace whose lines are in two pages, and reads an event of several lines', async () => {
    const store = await newStore()
    const filler = Array.from({ length: 76 }, (_, index) => line(index))
    const trace = [
      '2026-03-02 01:33:12,000 ERROR {Mediator} - failed',
      'java.lang.IllegalStateException: a',
      '\tat org.a.B.c(B.java:1)',
      '\tat org.a.B.d(B.java:2)',
    ]
    const event = line(690, '2026-03-02 03:00:00,000 ERROR {Mediator} - b\n\tat org.a.B.c(B.java:1)\n')
    await fetchAll(store, scriptedLoki([...filler, ...trace.map((text, index) => line(76 + index, text)), event]).ask)

    const records = await stored(store)
    expect(records.find(({ raw }) => raw.startsWith('2026-03-02 01:33'))?.raw).toBe(trace.join('\n'))
    expect(records.at(-1)?.raw).toBe('2026-03-02 03:00:00,000 ERROR {Mediator} - b\n\tat org.a.B.c(B.java:1)')
  })

  it('continues after the connection was lost, with each line once', async () => {
    const store = await newStore()
    const lines = Array.from({ length: 700 }, (_, index) =>
      line(index, index % 3 === 0 ? 'the same line without a time' : undefined),
    )

    await expect(fetchAll(store, scriptedLoki(lines, { ...small, pages: 6 }).ask)).rejects.toThrow('lost')
    // The first day is stored by then: 360 lines.
    expect(await fetchAll(store, scriptedLoki(lines, small).ask)).toMatchObject({ records: 340 })

    expect((await stored(store)).map(({ raw }) => raw)).toEqual(lines.map((each) => each.line))
  })

  it('stores what it can where Loki refuses a part, and names that part, which the next one asks for', async () => {
    const store = await newStore()
    const lines = Array.from({ length: 700 }, (_, index) => line(index))
    const { ask } = scriptedLoki(lines, small)
    const midnightNs = BigInt(Date.parse('2026-03-02T00:00:00Z')) * 1_000_000n
    const refusing: typeof ask = (path, query, until) => {
      if (path.endsWith('query_range') && BigInt(query.start ?? 0) < midnightNs)
        throw new Problem('LOG_ENGINE_REFUSED', 'The log engine would have to read too much.')
      return ask(path, query, until)
    }
    expect(await fetchAll(store, refusing)).toMatchObject({
      parts: 1,
      totalParts: 2,
      records: 340,
      failed: [
        {
          container: 'apps/orders-0/main',
          from: new Date(startMs).toISOString(),
          to: '2026-03-02T00:00:00.000Z',
          problem: { code: 'LOG_ENGINE_REFUSED' },
        },
      ],
      oldest: '2026-03-02T00:00:00.000Z',
    })
    expect(await fetchAll(store, ask)).toMatchObject({ records: 360, failed: [] })
    expect((await stored(store)).map(({ raw }) => raw)).toEqual(lines.map((each) => each.line))
  })

  it('ends with what Loki says where it refuses every part', async () => {
    const { ask } = scriptedLoki([line(0)], small)
    const refusing: typeof ask = (path, query, until) => {
      if (path.endsWith('query_range')) throw new Problem('LOG_ENGINE_REFUSED', 'Too much.')
      return ask(path, query, until)
    }
    await expect(fetchAll(await newStore(), refusing)).rejects.toMatchObject({ code: 'LOG_ENGINE_REFUSED' })
  })

  it('names the sources of which Loki has no line', async () => {
    const other = LogSource.parse({ ...source, id: 'billing', selector: 'app=billing' })
    let last: EngineFetchEvent | undefined
    const sources = { ...input, sources: [source, other] }
    for await (const event of fetchLogs(sources, openLoki(scriptedLoki([line(0)]).ask), await newStore(), signal))
      last = event
    expect(last).toMatchObject({ kind: 'done', records: 1, withoutLines: ['billing'] })
  })

  it('does not store what was collected from the cluster before, also where lines are alike', async () => {
    const store = await newStore()
    const lines = [line(0, 'alike'), line(0, 'alike'), line(1), line(2, 'alike')]
    const collected = {
      source: 'orders',
      pod: 'orders-0',
      container: 'main',
      parser: 'auto',
      level: null,
      atSource: 'kubelet',
      raw: 'alike',
    } as const
    store.append({
      stream: 'uid/main',
      records: [{ ...collected, atMs: startMs }],
      bookmark: { ns: 0n, seen: [], restarts: 0 },
    })
    const progress = await fetchAll(store, scriptedLoki(lines, small).ask)

    expect(progress).toMatchObject({ records: 3, known: 1 })
    expect((await stored(store)).map(({ raw }) => raw)).toEqual(lines.map((each) => each.line))
  })

  it('does not ask again for a part that is stored', async () => {
    const store = await newStore()
    const lines = [line(0), line(500)]
    await fetchAll(store, scriptedLoki(lines, small).ask)
    const { ask, asked } = scriptedLoki(lines)
    const progress = await fetchAll(store, ask)

    expect(progress).toMatchObject({ parts: 2, records: 0 })
    expect(asked.filter((each) => each.includes('query_range'))).toEqual([])
  })

  it('names containers that belong to no source, and takes nothing of them', async () => {
    const store = await newStore()
    const progress = await fetchAll(store, scriptedLoki([{ ...line(0), labels: { ...labels, pod: 'stranger-0' } }]).ask)

    expect(progress).toMatchObject({ totalParts: 0, others: ['apps/stranger-0/main'] })
  })

  it('refuses an engine that does not say what its lines are from', async () => {
    const ask = scriptedLoki([{ ...line(0), labels: { job: 'x' } }]).ask

    await expect(fetchAll(await newStore(), ask)).rejects.toMatchObject({ code: 'LOG_ENGINE_UNAVAILABLE' })
  })
})

it('daysOf cuts a range at midnight in UTC', () => {
  const at = (time: string): number => Date.parse(`2026-03-${time}Z`)

  expect(daysOf({ fromMs: at('01T23:00'), toMs: at('03T01:00') })).toEqual([
    { fromMs: at('01T23:00'), toMs: at('02T00:00') },
    { fromMs: at('02T00:00'), toMs: at('03T00:00') },
    { fromMs: at('03T00:00'), toMs: at('03T01:00') },
  ])
  expect(daysOf({ fromMs: 5, toMs: 5 })).toEqual([])
})

it('stamped gives each line of an event the time of the event, to the nanosecond', () => {
  expect(
    stamped({ ns: 1_772_395_200_000_000_007n, line: 'a\nb\n', origin: { namespace: 'n', pod: 'p', container: 'c' } }),
  ).toBe('2026-03-01T20:00:00.000000007Z a\n2026-03-01T20:00:00.000000007Z b\n')
})
