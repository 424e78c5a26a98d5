import { expect, it, onTestFinished, vi } from 'vitest'
import type { LogStatus } from '../../preload/contract/logs.ts'
import { sampleRecord } from './sample.ts'
import type { LogsClient } from './state.ts'
import { createLogsStore } from './store.ts'

const planeId = '0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'
const empty: LogStatus = {
  schemaVersion: 1,
  records: 0,
  rawBytes: 0,
  storedBytes: 0,
  oldest: null,
  newest: null,
  protection: 'keychain',
  collecting: true,
  sources: [],
}
const first: LogStatus = {
  ...empty,
  records: 4,
  oldest: '2026-03-01T10:00:00Z',
  newest: '2026-03-01T10:05:00Z',
}

async function* nothing() {}

it('the histogram is loaded when the first records arrive, without a new search', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const statuses = [empty, empty, first, first]
  const searches: unknown[] = []
  const client = {
    logs: {
      status: async () => statuses.shift() ?? first,
      search: async (input: unknown) => {
        searches.push(input)
        return nothing()
      },
      follow: async () => nothing(),
      histogram: async () => [{ from: '2026-03-01T10:00:00Z', counts: { INFO: 4 } }],
    },
  } as unknown as LogsClient // the test calls only these
  const ending = new AbortController()
  onTestFinished(() => ending.abort())
  const store = createLogsStore(client)

  void store.getState().enter(planeId, ending.signal)
  await vi.advanceTimersByTimeAsync(3_500)
  expect(store.getState().histogram).toEqual([])
  await vi.advanceTimersByTimeAsync(3_500)
  expect(store.getState().histogram).toHaveLength(1)
  expect(searches).toHaveLength(1)
})

it('lines that are counted and cannot be read are asked for once, and not each time that they come into view', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let searches = 0
  async function* found(input: { readonly before?: string }) {
    searches += 1
    if (input.before === undefined)
      yield { kind: 'records', records: [sampleRecord({ id: '2' }), sampleRecord({ id: '1' })] }
    yield { kind: 'done', blocksRead: 1, blocksSkipped: 0, elapsedMs: 1, more: false, damaged: 1 }
  }
  async function* counted() {
    yield { count: 500, isComplete: true }
  }
  const client = {
    logs: {
      status: async () => first,
      search: async (input: { readonly before?: string }) => found(input),
      count: async () => counted(),
      follow: async () => nothing(),
      histogram: async () => [],
    },
  } as unknown as LogsClient // the test calls only these
  const ending = new AbortController()
  onTestFinished(() => ending.abort())
  const store = createLogsStore(client)
  void store.getState().enter(planeId, ending.signal)
  await vi.advanceTimersByTimeAsync(100)
  expect(store.getState().count).toEqual({ count: 500, isComplete: true })

  for (let times = 0; times < 5; times += 1) {
    store.getState().load(0, 40)
    await vi.advanceTimersByTimeAsync(10)
  }
  expect(searches).toBe(2)
})
