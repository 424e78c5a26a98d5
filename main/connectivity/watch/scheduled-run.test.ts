import { describe, expect, it } from 'vitest'
import type { CheckEvent, ConnectivityReport, Result } from '../../../preload/contract/connectivity.ts'
import { computer, node, sampleResult as row, sampleReport } from '../history/sample.ts'
import { type Asked, type Check, look } from './scheduled-run.ts'

const [noon, later] = ['2026-03-01T12:00:00.000Z', '2026-03-01T12:00:03.000Z']
const never = new AbortController().signal

/** A network that gives these results, look after look, and remembers what it was asked. */
function network(...looks: readonly (readonly Result[])[]): { check: Check; asked: Asked[] } {
  const asked: Asked[] = []
  const check = async function* (what: Asked): AsyncGenerator<CheckEvent> {
    const results = looks[asked.length]
    asked.push(what)
    if (results === undefined) throw new Error('looked too often')
    yield { kind: 'finished', report: sampleReport(results, asked.length === 1 ? noon : later) }
  }
  return { check, asked }
}

const since =
  (...results: Result[]) =>
  () =>
    Promise.resolve<ConnectivityReport>(sampleReport(results))

describe('a look of a schedule', () => {
  it('is one look where there is nothing to compare with', async () => {
    const { check, asked } = network([row('a', 'fail', 'tcp.timeout')])

    const { comparison, report } = await look(check, {}, () => Promise.resolve(undefined), never)

    expect(comparison).toBeUndefined()
    expect(report.results).toHaveLength(1)
    expect(asked).toHaveLength(1)
  })

  it('is one look where nothing changed, or nothing that is news', async () => {
    const { check, asked } = network([row('a'), row('new')])

    const { comparison } = await look(check, {}, since(row('a')), never)

    expect(comparison?.changes).toMatchObject([{ kind: 'added' }])
    expect(asked).toHaveLength(1)
  })

  it('looks once more at what changed alone, from where it changed, and tells what it then finds', async () => {
    const down = row('a', 'fail', 'tcp.timeout', node)
    const { check, asked } = network([row('a'), down, row('b')], [row('a', 'pass', '', node), down])
    const before = since(row('a'), row('a', 'pass', '', node), row('b'))

    const { comparison, report } = await look(check, { from: [{ kind: 'computer' }, { kind: 'nodes' }] }, before, never)

    expect(asked[1]).toEqual({ endpoints: ['a'], from: [{ kind: 'node', name: 'worker-1' }], holdSeconds: 0 })
    expect(comparison?.changes).toMatchObject([{ endpoint: 'a', vantage: node, kind: 'broke' }])
    expect(report.results).toHaveLength(3)
  })

  it.each([
    ['broke for a moment', row('a'), row('a', 'fail', 'tcp.timeout'), row('a'), []],
    ['recovered for a moment', row('a', 'fail', 'x'), row('a'), row('a', 'fail', 'x'), []],
    ['broke', row('a'), row('a', 'fail', 'tcp.timeout'), row('a', 'fail', 'tcp.timeout'), ['broke']],
    ['broke in two ways', row('a'), row('a', 'fail', 'tcp.timeout'), row('a', 'fail', 'tcp.reset'), ['broke']],
    ['recovered', row('a', 'fail', 'x'), row('a'), row('a'), ['recovered']],
  ])('reports for an endpoint that %s what the recheck shows', async (_what, before, first, second, kinds) => {
    const { check } = network([first], [second])

    const { comparison, report } = await look(check, {}, since(before), never)

    expect(comparison?.changes.map(({ kind }) => kind)).toEqual(kinds)
    expect(report.results).toMatchObject([{ verdict: second.verdict, cause: second.cause }])
  })

  it('says in the row that the first look found it otherwise, and keeps the run its id', async () => {
    const { check } = network(
      [row('a', 'fail', 'tcp.timeout', computer, noon)],
      [row('a', 'pass', '', computer, later)],
    )

    const { report } = await look(check, {}, since(row('a')), never)

    expect(report.results[0]?.stages[0]?.evidence).toBe(
      `seen\nThe first check of this run, at ${noon}, it failed: tcp.timeout.`,
    )
    expect(report).toMatchObject({ startedAt: noon, endedAt: sampleReport([], later).endedAt })
  })

  it('takes from the recheck only the endpoints that it checked', async () => {
    const { check } = network(
      [row('a', 'fail', 'x'), row('a', 'pass', '', node), row('b', 'fail', 'x', node)],
      [row('a', 'fail', 'x'), row('a', 'fail', 'x', node), row('b', 'fail', 'x'), row('b', 'fail', 'x', node)],
    )
    const before = since(row('a'), row('a', 'pass', '', node), row('b', 'pass', '', node))

    const { comparison } = await look(check, {}, before, never)

    expect(comparison?.changes.map(({ endpoint, vantage }) => `${endpoint} ${vantage.kind}`)).toEqual([
      'a computer',
      'b node',
    ])
  })

  it('holds connections again only for one that was cut when it idled', async () => {
    const { check, asked } = network([row('a', 'fail', 'idle.cut')], [row('a', 'fail', 'idle.cut')])

    await look(check, { holdSeconds: 300 }, since(row('a')), never)

    expect(asked.map(({ holdSeconds }) => holdSeconds)).toEqual([300, 300])
  })
})
