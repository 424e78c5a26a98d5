import { expect, it } from 'vitest'
import type { LogRecord } from '../../../preload/contract/logs.ts'
import { LogSource } from '../../../preload/contract/profiles.ts'
import { linesAroundInEngine } from './around.ts'
import { engineLines } from './compared-queries.ts'
import { openLoki } from './loki.ts'
import { scriptedLoki } from './scripted-loki.ts'
import { searchEngine } from './search.ts'

const { signal } = new AbortController()
const startMs = Date.parse('2026-03-01T20:00:00Z')
const sources = ['orders', 'payments'].map((id) =>
  LogSource.parse({ id, title: id, component: id, namespace: 'default', selector: `app=${id}` }),
)
const pods = new Map([
  ['orders', ['orders-0']],
  ['payments', ['payments-0']],
])
/** Long after the lines: without a time, a search would not reach them. */
const of = { sources, pods, nowMs: startMs + 90 * 86_400_000 }
const open = openLoki(scriptedLoki(engineLines(startMs, 220)).ask)

async function searched(text: string): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  const query = { planeId: '', text, from: new Date(startMs).toISOString(), limit: 1_000, order: 'oldest' } as const
  for await (const event of searchEngine({ ...of, query }, open, signal))
    if (event.kind === 'records') records.push(...event.records)
  return records
}

it('the lines around a record of an engine are those of its container, in order, and those that match are named', async () => {
  const own = await searched('pod:orders-1 container:main')
  const at = own.findIndex(({ level }) => level === 'ERROR')
  const record = own[at]?.id ?? ''
  const query = { text: 'level:error' }
  const found = await linesAroundInEngine(of, { planeId: '', record, before: 2, after: 3, query }, open, signal)

  const expected = own.slice(at - 2, at + 4)
  expect(found.records).toEqual(expected)
  expect(found.matching.toSorted()).toEqual(expected.flatMap(({ id, level }) => (level === 'ERROR' ? [id] : [])))
  expect(found).toMatchObject({ moreBefore: true, moreAfter: true })
})

it('a record that the engine no longer has has no lines around it', async () => {
  const input = { planeId: '', record: '0mfm1g5s0-0000000000', before: 2, after: 2, query: {} }
  expect(await linesAroundInEngine(of, input, open, signal)).toEqual({
    records: [],
    matching: [],
    moreBefore: false,
    moreAfter: false,
  })
})
