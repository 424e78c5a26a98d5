import { createRouterClient, implement } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import type { Change, RunEntry, WatchState } from '../../../preload/contract/connectivity.ts'
import { contract } from '../../../preload/contract/index.ts'
import { isRequired } from '../../../preload/endpoint-rows.ts'
import { laptop, planeId, pod, report, result, row, startedAt } from '../samples.ts'
import { shouldNotify, watchNotice } from '../watch/watches.ts'
import { changeCounts, changeLine } from './changes.ts'
import { rowsOfRun } from './earlierRows.ts'
import { createHistoryStore, runBefore } from './history.ts'

const os = implement(contract).connectivity
const run = (runId: string): RunEntry => ({
  runId,
  startedAt,
  endedAt: startedAt,
  vantages: [laptop],
  counts: { pass: 1, warn: 0, fail: 0, skipped: 0, unknown: 0 },
  by: 'person',
  verified: true,
})
const newest = run('11111111-1111-4111-8111-111111111111')
const before = run('22222222-2222-4222-8222-222222222222')
const change = (kind: Change['kind'], endpoint = 'a'): Change => ({
  endpoint,
  vantage: pod,
  kind,
  before: null,
  after: null,
  message: 'passed, now fails',
})

describe('the history of a plane', () => {
  const idOf = (run: string | { readonly runId: string }) => (typeof run === 'string' ? run : run.runId)
  const clientOf = (answer: () => Promise<void>) => ({
    connectivity: createRouterClient({
      runs: os.runs.handler(() => [newest, before]),
      run: os.run.handler(async () => {
        await answer()
        return report(result('a', 'fail'))
      }),
      compare: os.compare.handler(({ input }) => ({
        before: { runId: idOf(input.before), startedAt },
        after: { runId: idOf(input.after), startedAt },
        changes: [change('broke')],
        unchanged: 3,
      })),
    }),
  })

  it('lists, opens and compares runs, and returns to the latest', async () => {
    const store = createHistoryStore(clientOf(() => Promise.resolve()))
    store.getState().openPlane(planeId)

    await store.getState().list()
    expect(store.getState().runs).toEqual([newest, before])
    await store.getState().open(before.runId)
    expect(store.getState().view.kind).toBe('run')
    await store.getState().compare(before.runId, newest.runId)
    expect(store.getState().view).toMatchObject({ kind: 'comparison', comparison: { unchanged: 3 } })
    store.getState().close()
    expect(store.getState().view.kind).toBe('latest')
  })

  it('stays at the latest run when a response arrives after the return', async () => {
    let answer = () => {}
    const store = createHistoryStore(clientOf(() => new Promise((resolve) => (answer = resolve))))
    store.getState().openPlane(planeId)
    const opening = store.getState().open(before.runId)
    await new Promise((resolve) => setTimeout(resolve, 0))
    store.getState().close()
    answer()
    await opening

    expect(store.getState().view.kind).toBe('latest')
  })

  it('the run before another is next in the list', () => {
    expect(runBefore([newest, before], newest.runId)).toBe(before)
    expect(runBefore([newest, before], before.runId)).toBeUndefined()
  })

  it('shows rows that the profile no longer has, and no rows that the run did not have', () => {
    const rows = rowsOfRun([row('a'), row('new')], report(result('a', 'pass'), result('old', 'fail')))
    expect(rows.map(({ id, componentTitle }) => [id, componentTitle])).toEqual([
      ['a', 'Agent'],
      ['old', 'No longer in the profile'],
    ])
    expect(rows[1]?.required).toBe(isRequired('old', [row('a')]))
  })
})

describe('the text of changes', () => {
  it('names the row, the vantage and the change', () => {
    expect(changeLine(change('broke'), [row('a', { title: 'Control plane' })])).toBe(
      'Control plane from a pod in demo: passed, now fails',
    )
  })

  it('counts changes by kind, the worst first', () => {
    expect(changeCounts([change('recovered'), change('other-cause'), change('broke'), change('broke')])).toBe(
      '2 failed, 1 with another cause, 1 recovered',
    )
  })
})

describe('the notice of a watch', () => {
  const state = (part: Partial<WatchState>): WatchState => ({
    planeId,
    watch: { everyMinutes: 5, from: [{ kind: 'computer' }], holdSeconds: 0 },
    running: false,
    lastAt: startedAt,
    nextAt: null,
    changes: [],
    problem: '',
    ...part,
  })
  const later = '2026-03-01T10:05:00Z'
  const changed = { lastAt: later, changes: [change('broke')] }

  it.each([
    ['is shown for a run that ended with changes', state({}), state(changed), true],
    ['is not shown for a run without changes', state({}), state({ lastAt: later }), false],
    ['is not shown twice for the same changes', state(changed), state({ ...changed, running: true }), false],
    ['is not shown for the first state after a start', undefined, state(changed), false],
    ['is shown for a failed run', state({}), state({ problem: 'Cluster unreachable.' }), true],
    ['is not shown for a stopped watch', state({}), state({ ...changed, watch: null }), false],
  ])('%s', (_claim, before, now, expected) => {
    expect(shouldNotify(before, now)).toBe(expected)
  })

  it('names the plane, the number of changes and the first three', () => {
    const changes = ['a', 'b', 'c', 'd', 'e'].map((endpoint) => change('broke', endpoint))
    expect(watchNotice('demo', state({ changes }), undefined)).toMatchObject({
      tone: 'bad',
      title: 'demo: connectivity changed (5 failed)',
      lines: [expect.stringContaining('a from a pod'), expect.anything(), expect.anything(), 'and 2 more'],
    })
  })
})
