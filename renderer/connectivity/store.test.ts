import { createRouterClient, implement } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import type { CheckEvent, ConnectivityReport, Finding, Result } from '../../preload/contract/connectivity.ts'
import { contract } from '../../preload/contract/index.ts'
import { advanced, createConnectivityStore, failedEndpoints, matrixOf, mergedFindings, settled } from './store.ts'

const planeId = '0b8f6c1e-52a4-4f5e-9d3c-2f1a6b7c8d90'
const vantage = { kind: 'computer', name: 'laptop' } as const
const startedAt = '2026-03-01T10:00:00Z'

const result = (endpoint: string, verdict: Result['verdict']): Result => ({
  endpoint,
  vantage,
  verdict,
  cause: verdict === 'pass' ? '' : 'tcp-refused',
  hint: 'Ask for the port to be opened.',
  stages: [{ stage: 'tcp', verdict, at: startedAt, ms: 12.4, evidence: '10.0.0.7:443 refused' }],
  seen: { addresses: [], resolver: '', source: '', destination: '', proxy: '', issuer: '', keySha256: '' },
})

const report = (...results: Result[]): ConnectivityReport => ({
  schemaVersion: 1,
  runId: '7c1de6a2-3b1f-4a55-9a7e-60c3a3a4e0b1',
  startedAt,
  endedAt: startedAt,
  vantages: [{ vantage, state: 'ran', cause: '', says: '', hint: '', manifest: '' }],
  results,
  findings: [],
})
const finding = (cause: string, ...endpoints: string[]): Finding => ({
  cause,
  endpoints,
  vantages: [vantage],
  hint: '',
  evidence: '',
})
const cellOf = (matrix: ReturnType<typeof matrixOf>, endpoint: string) => matrix.cells[endpoint]?.['computer/laptop']

const os = implement(contract).connectivity

/** The boundary with a core behind it that says just this. */
function clientOf(
  events: (signal: AbortSignal | undefined) => AsyncGenerator<CheckEvent>,
  last: ConnectivityReport | null,
) {
  return {
    connectivity: createRouterClient({
      rows: os.rows.handler(() => []),
      check: os.check.handler(({ signal }) => events(signal)),
      last: os.last.handler(() => last),
    }),
  }
}

describe('the matrix', () => {
  it('goes through waiting and checking to a verdict, with the stages in order', () => {
    const start = advanced(matrixOf(report()), { kind: 'started', startedAt, rows: [{ endpoint: 'a', vantage }] })
    expect(cellOf(start, 'a')?.state).toBe('waiting')

    const stage = { stage: 'dns', verdict: 'pass', at: startedAt, ms: 3, evidence: '10.0.0.7' } as const
    const checking = advanced(start, { kind: 'stage', endpoint: 'a', vantage, stage })
    expect(cellOf(checking, 'a')).toMatchObject({ state: 'checking', stages: [stage] })

    const done = advanced(checking, { kind: 'result', result: result('a', 'fail') })
    expect(cellOf(done, 'a')).toMatchObject({ state: 'done', result: { verdict: 'fail' } })
    expect(failedEndpoints(done)).toEqual(['a'])
  })

  it('keeps what was known of rows that a stopped run did not reach', () => {
    const before = matrixOf(report(result('a', 'pass'), result('b', 'fail')))
    const rows = ['a', 'b'].map((endpoint) => ({ endpoint, vantage }))
    const cut = advanced(advanced(before, { kind: 'started', startedAt, rows }), {
      kind: 'result',
      result: result('a', 'fail'),
    })

    const after = settled(before, cut)

    expect(cellOf(after, 'a')?.result?.verdict).toBe('fail')
    expect(cellOf(after, 'b')?.result?.verdict).toBe('fail')
    expect(cellOf(after, 'b')?.state).toBe('done')
  })

  it('drops a finding whose rows were all checked again, and keeps one that speaks of others too', () => {
    const old = [finding('inspected', 'a'), finding('dns', 'a', 'b')]
    expect(mergedFindings(old, [finding('new', 'a')], new Set(['a'])).map(({ cause }) => cause)).toEqual(['new', 'dns'])
  })
})

describe('the connectivity store', () => {
  it('shows the last report when a plane is opened, and a fresh one after a run', async () => {
    const store = createConnectivityStore(
      clientOf(
        async function* () {
          yield { kind: 'started', startedAt, rows: [{ endpoint: 'a', vantage }] }
          yield { kind: 'result', result: result('a', 'pass') }
          yield { kind: 'finished', report: report(result('a', 'pass')) }
        },
        report(result('a', 'fail')),
      ),
    )
    await store.getState().load(planeId)
    expect(failedEndpoints(store.getState().matrix)).toEqual(['a'])

    await store.getState().run()

    expect(failedEndpoints(store.getState().matrix)).toEqual([])
    expect(store.getState().running).toBe(false)
  })

  it('takes a stop for what it is: no problem, and the state before it', async () => {
    const store = createConnectivityStore(
      clientOf(
        async function* (signal) {
          yield { kind: 'started', startedAt, rows: [{ endpoint: 'a', vantage }] }
          signal?.throwIfAborted()
          await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
        },
        report(result('a', 'fail')),
      ),
    )
    await store.getState().load(planeId)
    const run = store.getState().run()
    store.getState().stop()
    await run

    expect(store.getState()).toMatchObject({ running: false, problem: undefined })
    expect(cellOf(store.getState().matrix, 'a')?.state).toBe('done')
  })
})
