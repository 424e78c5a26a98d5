import { createRouterClient, implement } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import type { CheckEvent, ConnectivityReport } from '../../preload/contract/connectivity.ts'
import { contract } from '../../preload/contract/index.ts'
import { cellOf, failedEndpoints } from './matrix/matrix.ts'
import { laptop, planeId, pod, report, result, row, startedAt } from './samples.ts'
import { createConnectivityStore } from './store.ts'

const os = implement(contract).connectivity
const noProxy = { source: '', httpsProxy: '', httpProxy: '', noProxy: '', rows: [], advice: [] }

/** The boundary with a core behind it that says just this, and remembers what it was asked. */
function clientOf(
  events: (signal: AbortSignal | undefined) => AsyncGenerator<CheckEvent>,
  last: ConnectivityReport | null,
  kept: ConnectivityReport | null = null,
) {
  const asked: unknown[] = []
  const connectivity = createRouterClient({
    rows: os.rows.handler(() => [row('a'), row('b')]),
    check: os.check.handler(({ input, signal }) => {
      asked.push(input)
      return events(signal)
    }),
    // What is kept is known from the first check on.
    last: os.last.handler(() => (asked.length === 0 ? last : kept)),
    vantages: os.vantages.handler(() => []),
    proxy: os.proxy.handler(() => noProxy),
  })
  return { asked, connectivity }
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
  it('shows the last report when a plane is opened, and a fresh one after a run', async () => {
    const store = createConnectivityStore(clientOf(ended, report(result('a', 'fail'))))
    await store.getState().load(planeId)
    expect(failedEndpoints(store.getState().matrix)).toEqual(['a'])

    await store.getState().run()

    expect(failedEndpoints(store.getState().matrix)).toEqual([])
    expect(store.getState()).toMatchObject({ running: false, stopped: false, problem: undefined })
  })

  it('takes over what the core makes of a run that has ended: its id can be exported', async () => {
    const kept = { ...report(result('a', 'pass'), result('a', 'warn', pod)), runId: crypto.randomUUID() }
    const store = createConnectivityStore(clientOf(ended, null, kept))
    await store.getState().load(planeId)

    await store.getState().run()

    expect(store.getState().matrix.reportId).toBe(kept.runId)
    expect(store.getState().matrix.vantages).toEqual([laptop, pod])
  })

  it('checks the whole table from what is chosen: without a list of rows', async () => {
    const client = clientOf(ended, null)
    const store = createConnectivityStore(client)
    await store.getState().load(planeId)
    store.getState().chooseVantages([{ kind: 'computer' }, { kind: 'nodes' }])
    store.getState().setHoldSeconds(60)

    await store.getState().run()

    expect(client.asked).toEqual([{ planeId, from: [{ kind: 'computer' }, { kind: 'nodes' }], holdSeconds: 60 }])
  })

  it('names every row when it checks from one vantage: that is no run of the whole table', async () => {
    const client = clientOf(ended, null)
    const store = createConnectivityStore(client)
    await store.getState().load(planeId)

    await store.getState().run({ from: [{ kind: 'pod', namespace: 'demo' }] })

    expect(client.asked).toEqual([
      { planeId, endpoints: ['a', 'b'], from: [{ kind: 'pod', namespace: 'demo' }], holdSeconds: 0 },
    ])
  })

  it('checks again only what failed, and only from where it failed', async () => {
    const client = clientOf(ended, report(result('a', 'pass'), result('b', 'fail', pod), result('b', 'pass')))
    const store = createConnectivityStore(client)
    await store.getState().load(planeId)

    await store.getState().runFailed()

    expect(client.asked).toEqual([
      { planeId, endpoints: ['b'], from: [{ kind: 'pod', namespace: 'demo' }], holdSeconds: 0 },
    ])
  })

  it('stops at once for whoever looks: no problem, and the state before it', async () => {
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

  it('can run again right after a stop, whatever the stopped run still says', async () => {
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

  it('goes back to what was known, and says the problem, when the core breaks a run off', async () => {
    const broken = async function* (): AsyncGenerator<CheckEvent> {
      yield { kind: 'started', startedAt, rows: [{ endpoint: 'a', vantage: laptop }] }
      throw new Error('gone')
    }
    const store = createConnectivityStore(clientOf(broken, report(result('a', 'pass'))))
    await store.getState().load(planeId)

    await store.getState().run()

    expect(store.getState().problem).toBeDefined()
    expect(store.getState()).toMatchObject({ running: false, stopped: true })
    expect(cellOf(store.getState().matrix, 'a', laptop)?.result?.verdict).toBe('pass')
  })
})
