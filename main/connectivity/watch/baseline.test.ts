import { describe, expect, it } from 'vitest'
import type { ConnectivityReport, RunEntry } from '../../../preload/contract/connectivity.ts'
import { headOf } from '../history/run-file.ts'
import { node, sampleResult as row, sampleReport } from '../history/sample.ts'
import { findBaseline } from './baseline.ts'

/** The newest first. */
async function baselineOf(
  first: ConnectivityReport,
  saved: readonly (readonly [ConnectivityReport, RunEntry['by'], verified?: boolean])[],
) {
  const read: string[] = []
  const baseline = await findBaseline(
    first,
    saved.map(([report, by, verified = true]) => ({ ...headOf(report, by), verified })),
    async (runId) => {
      read.push(runId)
      return saved.map(([report]) => report).find((report) => report.runId === runId)
    },
  )
  return { baseline, read: read.length }
}

const both = (verdict: 'pass' | 'fail') => sampleReport([row('a', verdict), row('a', verdict, '', node)])
const withoutNode = sampleReport([row('a', 'fail'), row('a', 'unknown', 'vantage.unschedulable', node)])

describe('the baseline of a scheduled run', () => {
  it('is undefined before the second scheduled run, also after checks of users', async () => {
    expect((await baselineOf(both('pass'), [[both('fail'), 'person']])).baseline).toBeUndefined()
  })

  it('is never a run that does not verify', async () => {
    const { baseline, read } = await baselineOf(both('pass'), [
      [both('fail'), 'watch', false],
      [both('pass'), 'watch'],
    ])

    expect(baseline?.results.map(({ verdict }) => verdict)).toEqual(['pass', 'pass'])
    expect(read).toBe(1)
  })

  it('is the previous scheduled run', async () => {
    const { baseline, read } = await baselineOf(both('pass'), [
      [both('pass'), 'person'],
      [both('fail'), 'watch'],
      [both('pass'), 'watch'],
    ])

    expect(baseline?.results.map(({ verdict }) => verdict)).toEqual(['fail', 'fail'])
    expect(read).toBe(1)
  })

  it('contains an earlier result for a vantage that the previous run could not use', async () => {
    const { baseline } = await baselineOf(both('pass'), [
      [withoutNode, 'watch'],
      [both('pass'), 'watch'],
    ])

    expect(baseline?.results.map(({ vantage, verdict }) => `${vantage.kind} ${verdict}`)).toEqual([
      'computer fail',
      'node pass',
    ])
  })

  it('contains no other earlier results if the previous run used all vantages', async () => {
    const { baseline } = await baselineOf(sampleReport([row('a'), row('new')]), [
      [sampleReport([row('a'), row('removed')]), 'watch'],
      [sampleReport([row('a', 'fail'), row('removed earlier')]), 'watch'],
    ])

    expect(baseline?.results.map(({ endpoint, verdict }) => `${endpoint} ${verdict}`)).toEqual([
      'a pass',
      'removed pass',
    ])
  })

  it('reads at most 20 earlier runs', async () => {
    const old = Array.from({ length: 60 }, () => [sampleReport([row('a')]), 'watch'] as const)

    expect((await baselineOf(both('pass'), old)).read).toBe(20)
  })
})
