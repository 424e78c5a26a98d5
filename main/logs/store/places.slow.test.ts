import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LogQuery, LogRecord } from '../../../preload/contract/logs.ts'
import type { NewRecord } from './batch.ts'
import { LogStore } from './store.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
/** Ten minutes before midnight: the lines are in the files of two days. */
const start = Date.UTC(2026, 10, 22, 23, 50)
const signal = AbortSignal.timeout(240_000)

let folder: string
let writer: LogStore
let store: LogStore
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hangar-places-'))
  const key = randomBytes(32)
  writer = LogStore.writing(folder, key)
  appendStreams()
  store = LogStore.reading(folder, key) ?? expect.fail('the store does not exist')
})
afterAll(() => {
  store.close()
  writer.close()
  rmSync(folder, { recursive: true })
})

const record = (offsetMs: number, raw: string, more: Partial<NewRecord> = {}): NewRecord => ({
  atMs: start + offsetMs,
  atSource: 'line',
  level: 'INFO',
  source: 'orders',
  pod: 'orders-1',
  container: 'main',
  parser: 'plain',
  raw,
  ...more,
})

function append(records: readonly NewRecord[]): void {
  writer.append({ stream: 'orders-1/main', records, bookmark: { ns: 1n, seen: [], restarts: 0 } })
}

/**
 * Streams one after the other over the same 20 minutes: their blocks overlap, and lines have the same times. The last ones are
 * in no block yet.
 */
function appendStreams(): void {
  for (const [stream, level] of (['ERROR', 'INFO', null] as const).entries()) {
    append(
      Array.from({ length: 1_200 }, (_, index) =>
        record(
          index * 1_000 + (index % 3 === 0 ? 0 : stream),
          `word${index % 7} stream ${stream} line ${index} ${'x'.repeat(300)}`,
          {
            level,
            source: stream === 2 ? 'billing' : 'orders',
            pod: `pod-${stream}`,
          },
        ),
      ),
    )
  }
}

/** All records of the query, by pages. */
async function all(query: Partial<LogQuery>): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for (let more = true; more; ) {
    const last = records.at(-1)?.id
    const from = last === undefined ? {} : { [query.order === 'oldest' ? 'after' : 'before']: last }
    for await (const event of store.search({ planeId, ...query, ...from, limit: 1_000 }, signal)) {
      if (event.kind === 'records') records.push(...event.records)
      else more = event.more
    }
  }
  return records
}

async function counted(query: Partial<LogQuery>) {
  const events = []
  for await (const event of store.count({ planeId, ...query }, signal)) events.push(event)
  return events
}

const at = (offsetMs: number): string => new Date(start + offsetMs).toISOString()

const queries: Readonly<Record<string, Partial<LogQuery>>> = {
  everything: {},
  'a level': { levels: ['ERROR'] },
  'a source and a level': { sources: ['Orders'], levels: ['INFO'] },
  'a time within minutes': { from: at(125_500), to: at(900_001) },
  'a text': { text: 'word3' },
  'a text in a time': { text: 'word3', from: at(125_500), to: at(900_001) },
  'a pod': { pods: ['pod-1'] },
}

describe.each(['newest', 'oldest'] as const)('places of a list with the %s line first', (order) => {
  it.each(Object.entries(queries))('are exact, and their count, for %s', async (_, given) => {
    const query = { ...given, order }
    const expected = await all(query)

    const last = (await counted(query)).at(-1)
    expect(last).toEqual({ count: expected.length, isComplete: true })
    for (const place of [0, 1, 299, Math.floor(expected.length / 2), expected.length - 2, expected.length - 1]) {
      const found = await store.place({ planeId, ...query, limit: 5 }, { place }, signal)
      expect(found).toMatchObject({ place, count: expected.length, isComplete: true })
      expect(found.records.map(({ id }) => id)).toEqual(expected.slice(place, place + 5).map(({ id }) => id))
      const id = expected[place]?.id ?? ''
      expect((await store.place({ planeId, ...query, limit: 1 }, { record: id }, signal)).place).toBe(place)
    }
  })

  it('are known for a time: of the first line that is not before it in the list', async () => {
    const expected = await all({ order })
    for (const offsetMs of [-1, 0, 300_500, 600_000, 5_000_000]) {
      const time = at(offsetMs)
      const index = expected.findIndex((each) => (order === 'newest' ? each.at <= time : each.at >= time))
      const found = await store.place({ planeId, order, limit: 1 }, { time }, signal)
      expect(found.place).toBe(index === -1 ? expected.length : index)
      expect(found.records[0]?.id).toBe(expected[index]?.id)
    }
  })

  it('include lines that were stored after the first count, each once', async () => {
    for (const query of [{ order }, { order, text: 'stream' }]) {
      await counted(query)
      append([record(600_500, 'a late stream'), record(5_000_000, 'a new stream')])
      // Enough to seal the lines that were counted in no block yet.
      append(Array.from({ length: 900 }, (_, index) => record(700_000 + index, `stream ${'y'.repeat(300)}`)))
      const expected = await all(query)
      expect((await counted(query)).at(-1)).toEqual({ count: expected.length, isComplete: true })
      const late = expected.find(({ raw }) => raw === 'a late stream')
      const place = expected.findIndex(({ id }) => id === late?.id)
      const found = await store.place({ planeId, ...query, limit: 1 }, { place }, signal)
      expect(found.records[0]?.id).toBe(late?.id)
    }
  })

  it('beyond the last line are the last line', async () => {
    const { place, records, count } = await store.place({ planeId, order, limit: 3 }, { place: 10 ** 9 }, signal)
    expect(place).toBe(count - 1)
    expect(records).toHaveLength(1)
    expect(await store.place({ planeId, order, text: 'nowhere' }, { place: 0 }, signal)).toMatchObject({
      count: 0,
      records: [],
    })
  })
})

it('a count that is not complete has only lines before which no other one can be found', async () => {
  const expected = await all({ text: 'stream' })
  const stopping = new AbortController()
  const counting = store.count({ planeId, text: 'stream' }, stopping.signal)
  const first = counting.next()
  setImmediate(() => setImmediate(() => stopping.abort()))
  await expect(first).rejects.toThrow()

  const { count, isComplete, records, place } = await store.place(
    { planeId, text: 'stream', limit: 1 },
    { place: 10 ** 9 },
    signal,
  )
  expect(isComplete).toBe(false)
  expect(count).toBeLessThan(expected.length)
  if (count > 0) expect(records[0]?.id).toBe(expected[place]?.id)
  // Another caller continues where it was interrupted.
  expect((await counted({ text: 'stream' })).at(-1)).toEqual({ count: expected.length, isComplete: true })
})

it('a histogram and a list of one text share their counts', async () => {
  await counted({ text: 'word3' })
  const rows = await store.histogram({ planeId, text: 'word3' }, signal)
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe((await all({ text: 'word3' })).length)
})

it('are exact in a minute with very many lines, of which only some blocks are read', async () => {
  const dayAfter = 86_400_000
  // Three streams of the same minute, one after the other: many lines have the same millisecond.
  for (let stream = 0; stream < 3; stream += 1)
    append(Array.from({ length: 7_000 }, (_, index) => record(dayAfter + index * 8, `dense ${stream} ${index}`)))
  const newest = await all({})
  for (const order of ['newest', 'oldest'] as const) {
    const expected = order === 'newest' ? newest : newest.toReversed()
    for (const share of [0.2, 0.5, 0.999]) {
      const place = Math.floor(expected.length * share)
      const found = await store.place({ planeId, order, limit: 2 }, { place }, signal)
      expect(found.records.map(({ id }) => id)).toEqual(expected.slice(place, place + 2).map(({ id }) => id))
      const back = await store.place({ planeId, order, limit: 1 }, { record: expected[place]?.id ?? '' }, signal)
      expect(back.place).toBe(place)
    }
  }
}, 120_000)
