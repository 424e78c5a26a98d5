import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { LogPatterns, type LogRecord } from '../../../preload/contract/logs.ts'
import { searchRecorded } from '../../recorded/recorded-logs.ts'
import type { Found } from '../store/search.ts'
import { findPatterns, type PatternsInput } from './patterns.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const startMs = Date.UTC(2026, 10, 22, 10)
const minuteMs = 60_000
const never = new AbortController().signal

/** A line of each message, every minute that `when` names. */
const line = (minute: number, message: string, more: Partial<LogRecord> = {}): LogRecord => ({
  id: `${(startMs + minute * minuteMs).toString(36).padStart(9, '0')}-0000000000`,
  at: new Date(startMs + minute * minuteMs).toISOString(),
  atSource: 'line',
  level: 'INFO',
  levelSource: 'field',
  source: 'orders',
  pod: 'orders-1',
  container: 'main',
  module: '',
  message,
  format: 'ballerina-logfmt',
  fields: [],
  raw: `level=INFO message=${JSON.stringify(message)}`,
  ...more,
})

async function* endedBy<T>(events: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const event of events) {
    signal.throwIfAborted()
    yield event
  }
}

const minutes = (from: number, to: number, every = 1): number[] =>
  Array.from({ length: Math.ceil((to - from) / every) }, (_, index) => from + index * every)

async function patternsOf(lines: readonly LogRecord[], input: Partial<PatternsInput> = {}): Promise<LogPatterns> {
  const newestFirst = lines.toSorted((a, b) => (a.at < b.at ? 1 : -1))
  async function* search(query: Parameters<typeof searchRecorded>[1]): AsyncGenerator<Found> {
    const { found, more } = searchRecorded(newestFirst, query)
    yield { kind: 'records', records: found }
    yield { kind: 'done', blocksRead: 0, blocksSkipped: 0, elapsedMs: 0, more }
  }
  const all = await Array.fromAsync(findPatterns(search, { query: { planeId }, ...input }, never))
  for (const event of all) LogPatterns.parse(event)
  const done = all.at(-1)
  if (done === undefined) throw new Error('There is no result')
  return done
}

const day = [
  ...minutes(0, 240).map((minute) => line(minute, `order ${minute} accepted`)),
  ...minutes(0, 180, 2).map((minute) => line(minute, `stock of ${minute} is low`, { level: 'WARN' })),
  ...minutes(200, 240).map((minute) => line(minute, `order ${minute} refused: no connection`, { level: 'ERROR' })),
  ...minutes(0, 180, 10).map((minute) => line(minute, 'cache emptied')),
  ...minutes(180, 240).map((minute) => line(minute, 'cache emptied', { source: 'stock' })),
]

it('groups lines by what they share, with new and risen patterns first, then by count', async () => {
  const { kind, lines, more, rest, from, to, patterns } = await patternsOf(day)
  expect({ kind, lines, more, rest }).toEqual({ kind: 'done', lines: day.length, more: false, rest: 0 })
  expect([from, to]).toEqual(['2026-11-22T10:00:00.000Z', '2026-11-22T13:59:00.000Z'])
  expect(patterns.map(({ text, level, count, change }) => [text, level, count, change])).toEqual([
    ['cache emptied', 'INFO', 78, 'risen'],
    ['order <*> refused: no connection', 'ERROR', 40, 'new'],
    ['order <*> accepted', 'INFO', 240, 'steady'],
    ['stock of <*> is low', 'WARN', 90, 'gone'],
  ])
  expect(patterns[0]).toMatchObject({
    sources: ['stock', 'orders'],
    oldest: '2026-11-22T10:00:00.000Z',
    newest: '2026-11-22T13:59:00.000Z',
    example: 'cache emptied',
  })
  expect(patterns.map(({ counts, count }) => counts.length === 24 && counts.reduce((a, b) => a + b) === count)).toEqual(
    [true, true, true, true],
  )
  expect(patterns[1]?.counts.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 0))
})

it('compares the rate with that of another time, and shows what is gone', async () => {
  const query = { planeId, from: '2026-11-22T13:00:00Z', to: '2026-11-22T13:59:59Z' }
  const compare = { from: '2026-11-22T11:00:00Z', to: '2026-11-22T12:59:59Z' }
  const { lines, compared, patterns } = await patternsOf(day, { query, compare })
  expect([lines, compared]).toEqual([160, { lines: 192, more: false }])
  expect(patterns.map(({ text, count, before, change }) => [text, count, before, change])).toEqual([
    ['cache emptied', 60, 12, 'risen'],
    ['order <*> refused: no connection', 40, 0, 'new'],
    ['order <*> accepted', 60, 120, 'steady'],
    ['stock of <*> is low', 0, 60, 'gone'],
  ])
})

it.each<[string, readonly LogRecord[], unknown]>([
  [
    'exact where it is in all of its lines and in no other',
    [line(1, 'order 1 accepted'), line(2, 'order 2 accepted'), line(3, 'order 3 refused')],
    { text: 'accepted', isExact: true, lines: 2 },
  ],
  [
    'about where other lines have it too',
    [line(1, 'order 1 accepted'), line(2, 'order 2 accepted'), line(3, 'this is not accepted')],
    { text: 'accepted', isExact: false, lines: 3 },
  ],
  [
    'about where its lines do not all have it',
    [line(1, 'order 1 accepted'), line(2, 'order 2 accepted', { raw: 'message=order+2' })],
    { text: 'accepted', isExact: false, lines: 1 },
  ],
  ['absent where none has it', [line(1, 'order 1 accepted', { raw: '{}' })], undefined],
  ['absent where nothing is constant', [line(1, '1 2 3')], undefined],
  [
    'a part without what is escaped in a line',
    [line(1, 'path "/a" is not there: C:\\temp')],
    { text: 'is not there: C:', isExact: true, lines: 1 },
  ],
])('the phrase is %s', async (_, lines, phrase) => {
  const { patterns } = await patternsOf(lines)
  expect(patterns.toSorted((a, b) => b.count - a.count)[0]?.phrase).toEqual(phrase)
})

it('takes the text of a line without a message, and no gap record', async () => {
  const { lines, patterns } = await patternsOf([
    line(1, '', { raw: 'no more' }),
    line(2, 'No logs were collected', { format: 'gap' }),
  ])
  expect([lines, patterns.map(({ text }) => text)]).toEqual([1, ['no more']])
})

it('reads the newest 100,000 lines, and reports that there are more', async () => {
  const many = Array.from({ length: 100_001 }, (_, index) =>
    line(index / 1_000, index === 0 ? 'oldest' : 'order accepted'),
  )
  const { lines, more, patterns } = await patternsOf(many)
  expect([lines, more, patterns.map(({ count }) => count)]).toEqual([100_000, true, [100_000]])
})

it('shows what was read so far, and ends when it is cancelled', async () => {
  async function* slowly(): AsyncGenerator<Found> {
    for (let minute = 0; ; minute += 1) {
      await delay(20)
      yield { kind: 'records', records: [line(-minute, 'order accepted')] }
    }
  }
  const cancel = new AbortController()
  const seen: LogPatterns[] = []
  const search = (_: unknown, signal: AbortSignal) => endedBy(slowly(), signal)
  const reading = (async () => {
    for await (const event of findPatterns(search, { query: { planeId } }, cancel.signal)) {
      seen.push(LogPatterns.parse(event))
      cancel.abort()
    }
  })()
  await expect(reading).rejects.toThrow()
  expect(seen).toMatchObject([{ kind: 'progress', patterns: [{ text: 'order accepted', count: seen[0]?.lines }] }])
})

it('counts lines without a pattern once there are 2,000 of them', async () => {
  const word = (index: number): string =>
    `w${'abcdefghij'[Math.floor(index / 1_000)]}${'abcdefghij'[Math.floor(index / 100) % 10]}${'abcdefghij'[Math.floor(index / 10) % 10]}${'abcdefghij'[index % 10]}`
  const { rest, patterns } = await patternsOf(Array.from({ length: 2_500 }, (_, index) => line(index, word(index))))
  expect([patterns.length, rest]).toEqual([2_000, 500])
})

it('has no pattern without lines', async () => {
  expect(await patternsOf([])).toEqual({
    kind: 'done',
    lines: 0,
    more: false,
    from: null,
    to: null,
    patterns: [],
    rest: 0,
  })
})
