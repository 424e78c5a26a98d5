import { describe, expect, it } from 'vitest'
import type { CheckEvent } from '../../../preload/contract/connectivity.ts'
import { vantageKey } from '../../../preload/vantages.ts'
import { finding, laptop, pod, report, result, stage, startedAt } from '../samples.ts'
import {
  applyEvent,
  cellOf,
  columnTimes,
  countOffTimeResults,
  emptyMatrix,
  failedEndpoints,
  failedVantages,
  matrixOf,
  settleStoppedRun,
} from './matrix.ts'

const later = '2026-03-01T11:00:00.000Z'
const started = (at: string, ...rows: { endpoint: string; vantage: typeof laptop }[]): CheckEvent => ({
  kind: 'started',
  startedAt: at,
  rows,
})

describe('a run', () => {
  it('moves a cell from waiting over checking to done, with the stages in order', () => {
    const waiting = applyEvent(matrixOf(report()), started(later, { endpoint: 'a', vantage: laptop }), 'whole')
    expect(cellOf(waiting, 'a', laptop)?.state).toBe('waiting')

    const dns = stage('dns', 'pass')
    const checking = applyEvent(waiting, { kind: 'stage', endpoint: 'a', vantage: laptop, stage: dns }, 'whole')
    expect(cellOf(checking, 'a', laptop)).toMatchObject({ state: 'checking', stages: [dns] })

    const done = applyEvent(checking, { kind: 'result', result: result('a', 'fail') }, 'whole')
    expect(cellOf(done, 'a', laptop)).toMatchObject({ state: 'done', result: { verdict: 'fail' }, startedAt: later })
    expect(failedEndpoints(done)).toEqual(['a'])
  })

  it('of the whole table keeps columns of other vantages as older results', () => {
    const before = matrixOf(report(result('a', 'fail'), result('a', 'fail', pod)))
    const start = applyEvent(before, started(later, { endpoint: 'a', vantage: laptop }), 'whole')
    const done = applyEvent(start, { kind: 'result', result: result('a', 'pass') }, 'whole')

    expect(done.vantages).toEqual([laptop, pod])
    expect(done.startedAt).toBe(later)
    expect(columnTimes(done)).toEqual({ [vantageKey(laptop)]: later, [vantageKey(pod)]: startedAt })
    expect(countOffTimeResults(done)).toEqual({ newer: 0, older: 1 })
  })

  it('of a part keeps all other cells, and its results are newer than the table', () => {
    const before = matrixOf(report(result('a', 'fail'), result('b', 'pass'), result('a', 'pass', pod)))
    const start = applyEvent(before, started(later, { endpoint: 'a', vantage: laptop }), 'part')
    const done = applyEvent(start, { kind: 'result', result: result('a', 'pass') }, 'part')

    expect(cellOf(done, 'b', laptop)?.result?.verdict).toBe('pass')
    expect(done.startedAt).toBe(startedAt)
    expect(countOffTimeResults(done)).toEqual({ newer: 1, older: 0 })
    expect(columnTimes(done)[vantageKey(laptop)]).toBeUndefined()
  })

  it('of a part of a table that was never checked sets the time of the table', () => {
    const done = applyEvent(emptyMatrix, started(later, { endpoint: 'a', vantage: laptop }), 'part')
    expect(done.startedAt).toBe(later)
  })

  it('shows what a vantage waits for until its first row', () => {
    const start = applyEvent(matrixOf(report()), started(later, { endpoint: 'a', vantage: pod }), 'whole')
    const waits = applyEvent(start, { kind: 'waiting', vantage: pod, message: 'the image is being pulled' }, 'whole')
    expect(waits.vantageStates[vantageKey(pod)]?.waitingFor).toBe('the image is being pulled')

    const first = applyEvent(
      waits,
      { kind: 'stage', endpoint: 'a', vantage: pod, stage: stage('dns', 'pass') },
      'whole',
    )
    expect(first.vantageStates[vantageKey(pod)]?.waitingFor).toBe('')
  })

  it('shows a failed vantage as a column', () => {
    const outcome = {
      vantage: pod,
      state: 'failed',
      cause: 'rbac.denied',
      message: 'No.',
      hint: '',
      manifest: '',
    } as const
    const after = applyEvent(matrixOf(report(result('a', 'pass'))), { kind: 'vantage', outcome }, 'whole')

    expect(after.vantages).toEqual([laptop, pod])
    expect(after.vantageStates[vantageKey(pod)]?.outcome).toEqual(outcome)
  })

  it('of a part keeps the report id of the table', () => {
    const before = matrixOf(report(result('a', 'fail')))
    const partly = { ...report(result('a', 'pass')), runId: '11111111-1111-4111-8111-111111111111' }

    expect(applyEvent(before, { kind: 'finished', report: partly }, 'part').reportId).toBe(before.reportId)
    expect(applyEvent(before, { kind: 'finished', report: partly }, 'whole').reportId).toBe(partly.runId)
  })
})

describe('a stopped run', () => {
  it('keeps the previous results of rows and columns that it did not reach', () => {
    const before = matrixOf(report(result('a', 'pass'), result('b', 'fail'), result('a', 'pass', pod)))
    const rows = ['a', 'b'].map((endpoint) => ({ endpoint, vantage: laptop }))
    const cut = applyEvent(
      applyEvent(before, started(later, ...rows), 'whole'),
      { kind: 'result', result: result('a', 'fail') },
      'whole',
    )

    const after = settleStoppedRun(before, cut)

    expect(cellOf(after, 'a', laptop)).toMatchObject({ result: { verdict: 'fail' }, startedAt: later })
    expect(cellOf(after, 'b', laptop)).toMatchObject({ state: 'done', result: { verdict: 'fail' }, startedAt })
    expect(cellOf(after, 'a', pod)?.result?.verdict).toBe('pass')
    expect(after.startedAt).toBe(startedAt)
    expect(countOffTimeResults(after)).toEqual({ newer: 1, older: 0 })
  })

  it('changes no result if it was stopped before the first one', () => {
    const before = matrixOf(report(result('a', 'pass')))
    const cut = applyEvent(before, started(later, { endpoint: 'a', vantage: pod }), 'whole')

    expect(settleStoppedRun(before, cut)).toEqual({ ...before, runAt: later })
  })
})

describe('findings after a run of a part', () => {
  it('are the new ones, and earlier ones without rows that recovered', () => {
    const refused = finding('tcp.refused', [laptop], 'a', 'b', 'c')
    const before = matrixOf({ ...report(...['a', 'b', 'c'].map((id) => result(id, 'fail'))), findings: [refused] })
    const fresh = { ...report(result('a', 'pass')), findings: [finding('new', [laptop], 'a')] }
    const events: CheckEvent[] = [
      started(later, { endpoint: 'a', vantage: laptop }),
      { kind: 'stage', endpoint: 'a', vantage: laptop, stage: stage('dns', 'pass') },
      { kind: 'result', result: result('a', 'pass') },
      { kind: 'finished', report: fresh },
    ]

    const { findings } = events.reduce((matrix, event) => applyEvent(matrix, event, 'part'), before)

    expect(findings.map(({ cause, endpoints }) => [cause, endpoints])).toEqual([
      ['new', ['a']],
      ['tcp.refused', ['b', 'c']],
    ])
  })

  it('stay whole where the rows that were checked again have the same cause', () => {
    const refused = finding('tcp.refused', [laptop], 'a', 'b')
    const before = matrixOf({ ...report(result('a', 'fail'), result('b', 'fail')), findings: [refused] })
    const events: CheckEvent[] = [
      started(later, { endpoint: 'a', vantage: laptop }),
      { kind: 'result', result: result('a', 'fail') },
      { kind: 'finished', report: report(result('a', 'fail')) },
    ]

    expect(events.reduce((matrix, event) => applyEvent(matrix, event, 'part'), before).findings).toEqual([refused])
  })
})

it('only vantages with a failed row are listed as failed', () => {
  const matrix = matrixOf(report(result('a', 'pass'), result('a', 'fail', pod), result('b', 'pass', pod)))
  expect(failedVantages(matrix)).toEqual([pod])
})

it('the stages of a row show that it was checked at another time than its report', () => {
  const since = { ...stage('tcp', 'pass'), at: later }
  const matrix = matrixOf(report(result('a', 'pass'), result('b', 'pass', laptop, { stages: [since] })))

  expect(cellOf(matrix, 'a', laptop)?.startedAt).toBe(startedAt)
  expect(cellOf(matrix, 'b', laptop)?.startedAt).toBe(later)
})
