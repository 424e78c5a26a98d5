import { describe, expect, it } from 'vitest'
import type { ConnectivityReport, RunEntry } from '../../../preload/contract/connectivity.ts'
import { headOf } from '../history/run-file.ts'
import { node, sampleResult as row, sampleReport } from '../history/sample.ts'
import { baseline } from './baseline.ts'

/** The newest first. */
async function baselineOf(first: ConnectivityReport, kept: readonly (readonly [ConnectivityReport, RunEntry['by']])[]) {
  const read: string[] = []
  const found = await baseline(
    first,
    kept.map(([report, by]) => headOf(report, by)),
    async (runId) => {
      read.push(runId)
      return kept.map(([report]) => report).find((report) => report.runId === runId)
    },
  )
  return { found, read: read.length }
}

const both = (verdict: 'pass' | 'fail') => sampleReport([row('a', verdict), row('a', verdict, '', node)])
const withoutNode = sampleReport([row('a', 'fail'), row('a', 'unknown', 'vantage.unschedulable', node)])

describe('what a run of a schedule is compared with', () => {
  it('is nothing before the second run, whatever persons asked for', async () => {
    expect((await baselineOf(both('pass'), [[both('fail'), 'person']])).found).toBeUndefined()
  })

  it('is the run before it', async () => {
    const { found, read } = await baselineOf(both('pass'), [
      [both('pass'), 'person'],
      [both('fail'), 'watch'],
      [both('pass'), 'watch'],
    ])

    expect(found?.results.map(({ verdict }) => verdict)).toEqual(['fail', 'fail'])
    expect(read).toBe(1)
  })

  it('is an earlier one for a vantage that the last one could not look from', async () => {
    const { found } = await baselineOf(both('pass'), [
      [withoutNode, 'watch'],
      [both('pass'), 'watch'],
    ])

    expect(found?.results.map(({ vantage, verdict }) => `${vantage.kind} ${verdict}`)).toEqual([
      'computer fail',
      'node pass',
    ])
  })

  it('has the rows of the run before it alone, where nothing hides an earlier one', async () => {
    const { found } = await baselineOf(sampleReport([row('a'), row('new')]), [
      [sampleReport([row('a'), row('gone')]), 'watch'],
      [sampleReport([row('a', 'fail'), row('long gone')]), 'watch'],
    ])

    expect(found?.results.map(({ endpoint, verdict }) => `${endpoint} ${verdict}`)).toEqual(['a pass', 'gone pass'])
  })

  it('goes no further back than some runs', async () => {
    const old = Array.from({ length: 60 }, () => [sampleReport([row('a')]), 'watch'] as const)

    expect((await baselineOf(both('pass'), old)).read).toBe(20)
  })
})
