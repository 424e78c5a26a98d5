import { describe, expect, it } from 'vitest'
import type { CheckEvent, ConnectivityReport, Result } from '../../../preload/contract/connectivity.ts'
import { computer, node, sampleResult as row, sampleReport } from '../history/sample.ts'
import { type Check, type CheckRequest, runScheduledCheck } from './scheduled-run.ts'

const [noon, later] = ['2026-03-01T12:00:00.000Z', '2026-03-01T12:00:03.000Z']
const never = new AbortController().signal

/** A network that returns these results, check after check, and records the requests. */
function network(...checks: readonly (readonly Result[])[]): { check: Check; requests: CheckRequest[] } {
  const requests: CheckRequest[] = []
  const check = async function* (request: CheckRequest): AsyncGenerator<CheckEvent> {
    const results = checks[requests.length]
    requests.push(request)
    if (results === undefined) throw new Error('more checks than expected')
    yield { kind: 'finished', report: sampleReport(results, requests.length === 1 ? noon : later) }
  }
  return { check, requests }
}

const since =
  (...results: Result[]) =>
  () =>
    Promise.resolve<ConnectivityReport>(sampleReport(results))

describe('a scheduled run', () => {
  it('checks once without a baseline', async () => {
    const { check, requests } = network([row('a', 'fail', 'tcp.timeout')])

    const { comparison, report } = await runScheduledCheck(check, {}, () => Promise.resolve(undefined), never)

    expect(comparison).toBeUndefined()
    expect(report.results).toHaveLength(1)
    expect(requests).toHaveLength(1)
  })

  it('checks once if nothing changed that is worth a notification', async () => {
    const { check, requests } = network([row('a'), row('new')])

    const { comparison } = await runScheduledCheck(check, {}, since(row('a')), never)

    expect(comparison?.changes).toMatchObject([{ kind: 'added' }])
    expect(requests).toHaveLength(1)
  })

  it('rechecks only what changed, from the vantage where it changed, and reports the result of the recheck', async () => {
    const down = row('a', 'fail', 'tcp.timeout', node)
    const { check, requests } = network([row('a'), down, row('b')], [row('a', 'pass', '', node), down])
    const before = since(row('a'), row('a', 'pass', '', node), row('b'))

    const { comparison, report } = await runScheduledCheck(
      check,
      { from: [{ kind: 'computer' }, { kind: 'nodes' }] },
      before,
      never,
    )

    expect(requests[1]).toEqual({ endpoints: ['a'], from: [{ kind: 'node', name: 'worker-1' }], holdSeconds: 0 })
    expect(comparison?.changes).toMatchObject([{ endpoint: 'a', vantage: node, kind: 'broke' }])
    expect(report.results).toHaveLength(3)
  })

  it.each([
    ['broke for a moment', row('a'), row('a', 'fail', 'tcp.timeout'), row('a'), []],
    ['recovered for a moment', row('a', 'fail', 'x'), row('a'), row('a', 'fail', 'x'), []],
    ['broke', row('a'), row('a', 'fail', 'tcp.timeout'), row('a', 'fail', 'tcp.timeout'), ['broke']],
    ['broke with two causes', row('a'), row('a', 'fail', 'tcp.timeout'), row('a', 'fail', 'tcp.reset'), ['broke']],
    ['recovered', row('a', 'fail', 'x'), row('a'), row('a'), ['recovered']],
  ])('reports for an endpoint that %s what the recheck shows', async (_what, before, first, second, kinds) => {
    const { check } = network([first], [second])

    const { comparison, report } = await runScheduledCheck(check, {}, since(before), never)

    expect(comparison?.changes.map(({ kind }) => kind)).toEqual(kinds)
    expect(report.results).toMatchObject([{ verdict: second.verdict, cause: second.cause }])
  })

  it('mentions a different first result in the evidence, and the start of the run is unchanged', async () => {
    const { check } = network(
      [row('a', 'fail', 'tcp.timeout', computer, noon)],
      [row('a', 'pass', '', computer, later)],
    )

    const { report } = await runScheduledCheck(check, {}, since(row('a')), never)

    expect(report.results[0]?.stages[0]?.evidence).toBe(
      `seen\nIn the first check of this run, at ${noon}, it failed: tcp.timeout.`,
    )
    expect(report).toMatchObject({ startedAt: noon, endedAt: sampleReport([], later).endedAt })
  })

  it('takes from the recheck only the endpoints that it checked', async () => {
    const { check } = network(
      [row('a', 'fail', 'x'), row('a', 'pass', '', node), row('b', 'fail', 'x', node)],
      [row('a', 'fail', 'x'), row('a', 'fail', 'x', node), row('b', 'fail', 'x'), row('b', 'fail', 'x', node)],
    )
    const before = since(row('a'), row('a', 'pass', '', node), row('b', 'pass', '', node))

    const { comparison } = await runScheduledCheck(check, {}, before, never)

    expect(comparison?.changes.map(({ endpoint, vantage }) => `${endpoint} ${vantage.kind}`)).toEqual([
      'a computer',
      'b node',
    ])
  })

  it('holds connections in the recheck only if an idle one was cut', async () => {
    const { check, requests } = network([row('a', 'fail', 'idle.cut')], [row('a', 'fail', 'idle.cut')])

    await runScheduledCheck(check, { holdSeconds: 300 }, since(row('a')), never)

    expect(requests.map(({ holdSeconds }) => holdSeconds)).toEqual([300, 300])
  })
})
