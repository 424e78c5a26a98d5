import { expect } from 'vitest'
import { comparedQueries } from '../../main/logs/engine/compared-queries.ts'
import type { OpenEngine } from '../../main/logs/engine/engine.ts'
import { fetchLogs } from '../../main/logs/engine/fetch.ts'
import { searchEngine } from '../../main/logs/engine/search.ts'
import type { LogStore } from '../../main/logs/store/store.ts'
import type { LogRecord } from '../../preload/contract/logs.ts'
import { ordersSource } from './log-plane.ts'

const sources = ['orders', 'payments'].map((id) => ({ ...ordersSource, id, selector: `app=${id}` }))
const pods = new Map([
  ['orders', ['orders-0']],
  ['payments', ['payments-0']],
])
const limit = () => AbortSignal.timeout(60_000)

const recordText = ({ at, level, source, pod, container, raw }: LogRecord): string =>
  [at, level, source, pod, container, raw].join(' ')

/**
 * Fetches the lines of `engineLines` from an engine that has them, and expects the same records of it as of the store, for each
 * compared query. Returns how many queries the engine chose lines for, and how many matched anything.
 */
export async function compareWithStore(
  engine: OpenEngine,
  store: LogStore,
  fromMs: number,
): Promise<{ readonly filtered: number; readonly matching: number }> {
  const range = { fromMs: fromMs - 60_000, toMs: Date.now() }
  for await (const _ of fetchLogs({ engine: 'c', sources, pods, ...range }, engine, store, limit()));
  let [filtered, matching] = [0, 0]
  for (const text of comparedQueries) {
    const query = { planeId: '', text, from: new Date(range.fromMs).toISOString(), limit: 10_000 }
    const [expected, found]: [string[], string[]] = [[], []]
    for await (const each of store.search(query, limit()))
      if (each.kind === 'records') expected.push(...each.records.map(recordText))
    for await (const each of searchEngine({ query, sources, pods, nowMs: Date.now() }, engine, limit())) {
      if (each.kind === 'records') found.push(...each.records.map(recordText))
      if (each.kind === 'done' && each.isFiltered) filtered += 1
    }
    if (expected.length > 0) matching += 1
    expect([text, found.sort()]).toEqual([text, expected.sort()])
  }
  return { filtered, matching }
}
