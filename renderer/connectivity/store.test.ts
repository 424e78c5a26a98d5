import { createRouterClient, implement } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import type { CheckEvent, ConnectivityReport, RunEntry, VerdictHistory } from '../../preload/contract/connectivity.ts'
import { contract } from '../../preload/contract/index.ts'
import { cellOf, failedEndpoints } from './matrix/matrix.ts'
import { laptop, planeId, pod, report, result, row, startedAt } from './samples.ts'
import { createConnectivityStore } from './store.ts'

const os = implement(contract).connectivity
const noProxy = { source: '', httpsProxy: '', httpProxy: '', noProxy: '', rows: [], advice: [] }

const historyAfter = (runs: number): VerdictHistory => ({
  runs: [],
  rows: [{ endpoint: 'a', verdicts: Array.from({ length: runs }, () => 'pass') }],
})

/** A client of a fake core that sends these events, and records its inputs. */
function clientOf(
  events: (signal: AbortSignal | undefined) => AsyncGenerator<CheckEvent>,
  last: ConnectivityReport | null,
  merged: ConnectivityReport | null = null,
  runs: readonly RunEntry[] = [],
) {
  const inputs: unknown[] = []
  const connectivity = createRouterClient({
    rows: os.rows.handler(() => [row('a'), row('b')]),
    check: os.check.handler(({ input, signal }) => {
      inputs.push(input)
      return events(signal)
    }),
    // The merged report exists from the first run on.
    last: os.last.handler(() => (inputs.length === 0 ? last : merged)),
    runs: os.runs.handler(() => [...runs]),
    vantages: os.vantages.handler(() => []),
    proxy: os.proxy.handler(() => noProxy),
    verdictHistory: os.verdictHistory.handler(() => historyAfter(inputs.length)),
  })
  return { inputs, connectivity }
}

const ended = async function* (): AsyncGenerator<CheckEvent> {
  yield { kind: 'started', startedAt, rows: [{ endpoint: 'a', vantage: laptop }] }
  yield { kind: 'result', result: result('a', 'pass') }
  yield { kind: 'finished', report: report(result('a', 'pass')) }
}

const endless = async function* (signal: AbortSignal | undefined): AsyncGenerator<CheckEvent> {
  yield { kind: 'started', startedAt, rows: [{ endpoint: 'a', vantage: laptop }] }
  await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
}

describe('the connectivity store', () => {
  it('shows the last report when a plane is opened, and the new one after a run', async () => {
    const store = createConnectivityStore(clientOf(ended, report(result('a', 'fail'))))
    await store.getState().load(planeId)
    expect(failedEndpoints(store.getState().matrix)).toEqual(['a'])
    expect(store.getState().verdictHistory).toEqual(historyAfter(0))

    await store.getState().run()

    expect(failedEndpoints(store.getState().matrix)).toEqual([])
    expect(store.getState()).toMatchObject({ running: false, stopped: false, problem: undefined })
  })

  it('marks results as not verified if no run verifies, until a run of the whole table', async () => {
    const { runId, startedAt, endedAt } = report()
    const counts = { pass: 0, warn: 0, fail: 1, skipped: 0, unknown: 0 }
    const entry = (verified: boolean): RunEntry => ({
      ...{ runId, startedAt, endedAt, counts, vantages: [laptop], by: 'person' },
      verified,
    })
    const unverifiedWith = async (...runs: RunEntry[]) => {
      const store = createConnectivityStore(clientOf(ended, report(result('a', 'fail')), null, runs))
      await store.getState().load(planeId)
      return store
    }

    expect((await unverifiedWith(entry(false), entry(true))).getState().unverified).toBe(false)
    const store = await unverifiedWith(entry(false))
    expect(store.getState().unverified).toBe(true)
    await store.getState().run({ endpoints: ['a'] })
    expect(store.getState().unverified).toBe(true)
    await store.getState().run()
    expect(store.getState().unverified).toBe(false)
  })

  it('shows the merged report after a run, whose id can be exported', async () => {
    const merged = { ...report(result('a', 'pass'), result('a', 'warn', pod)), runId: crypto.randomUUID() }
    const store = createConnectivityStore(clientOf(ended, null, merged))
    await store.getState().load(planeId)

    await store.getState().run()

    expect(store.getState().matrix.reportId).toBe(merged.runId)
    expect(store.getState().matrix.vantages).toEqual([laptop, pod])
  })

  it('checks the whole table from the chosen vantages, without a list of rows', async () => {
    const client = clientOf(ended, null)
    const store = createConnectivityStore(client)
    await store.getState().load(planeId)
    store.getState().chooseVantages([{ kind: 'computer' }, { kind: 'nodes' }])
    store.getState().setHoldSeconds(60)

    await store.getState().run()

    expect(client.inputs).toEqual([{ planeId, from: [{ kind: 'computer' }, { kind: 'nodes' }], holdSeconds: 60 }])
  })

  it('lists every row when it checks from one vantage, because that is not a run of the whole table', async () => {
    const client = clientOf(ended, null)
    const store = createConnectivityStore(client)
    await store.getState().load(planeId)

    await store.getState().run({ from: [{ kind: 'pod', namespace: 'demo' }] })

    expect(client.inputs).toEqual([
      { planeId, endpoints: ['a', 'b'], from: [{ kind: 'pod', namespace: 'demo' }], holdSeconds: 0 },
    ])
  })

  it('checks failed rows again, only from the vantages where they failed', async () => {
    const client = clientOf(ended, report(result('a', 'pass'), result('b', 'fail', pod), result('b', 'pass')))
    const store = createConnectivityStore(client)
    await store.getState().load(planeId)

    await store.getState().runFailed()

    expect(client.inputs).toEqual([
      { planeId, endpoints: ['b'], from: [{ kind: 'pod', namespace: 'demo' }], holdSeconds: 0 },
    ])
  })

  it('shows the state before the run at once after a stop, without a problem', async () => {
    const store = createConnectivityStore(clientOf(endless, report(result('a', 'fail'))))
    await store.getState().load(planeId)
    const run = store.getState().run()
    await new Promise((resolve) => setTimeout(resolve, 0))

    store.getState().stop()

    expect(store.getState()).toMatchObject({ running: false, stopped: true, problem: undefined })
    expect(cellOf(store.getState().matrix, 'a', laptop)).toMatchObject({ state: 'done', result: { verdict: 'fail' } })
    await run
    expect(store.getState()).toMatchObject({ running: false, problem: undefined })
  })

  it('runs again right after a stop, and ignores later events of the stopped run', async () => {
    let runs = 0
    const store = createConnectivityStore(
      clientOf(
        (signal) => {
          runs += 1
          return runs === 1 ? endless(signal) : ended()
        },
        report(result('a', 'fail')),
      ),
    )
    await store.getState().load(planeId)
    const first = store.getState().run()
    await new Promise((resolve) => setTimeout(resolve, 0))
    store.getState().stop()

    await Promise.all([first, store.getState().run()])

    expect(store.getState()).toMatchObject({ running: false, stopped: false })
    expect(failedEndpoints(store.getState().matrix)).toEqual([])
  })

  it('shows the previous results and the problem when the core ends a run with an error', async () => {
    const broken = async function* (): AsyncGenerator<CheckEvent> {
      yield { kind: 'started', startedAt, rows: [{ endpoint: 'a', vantage: laptop }] }
      throw new Error('connection lost')
    }
    const store = createConnectivityStore(clientOf(broken, report(result('a', 'pass'))))
    await store.getState().load(planeId)

    await store.getState().run()

    expect(store.getState().problem).toBeDefined()
    expect(store.getState()).toMatchObject({ running: false, stopped: true })
    expect(cellOf(store.getState().matrix, 'a', laptop)?.result?.verdict).toBe('pass')
  })
})
