import { expect, it, onTestFinished, vi } from 'vitest'
import type { LogStatus } from '../../preload/contract/logs.ts'
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
