import { describe, expect, it } from 'vitest'
import type { Finding, Result } from '../../../preload/contract/connectivity.ts'
import { mergeRecheck } from '../../../preload/findings.ts'
import { mergeRun } from './merge.ts'
import { computer, node, sampleResult as row, sampleReport } from './sample.ts'

const [morning, noon, nextDay] = ['2026-03-01T08:00:00.000Z', '2026-03-01T12:00:00.000Z', '2026-03-02T12:00:01.000Z']
const short = ({ endpoint, vantage, verdict, stages }: Result): string =>
  `${endpoint} ${vantage.kind} ${verdict} ${stages[0]?.at.slice(11, 13)}`
const finding = (endpoints: string[], vantages = [computer]): Finding => ({
  cause: 'tcp.timeout',
  endpoints,
  vantages,
  hint: 'Ask.',
  evidence: `${endpoints.length} connections are dropped`,
})

describe('the latest report after a recheck', () => {
  const latest = sampleReport(
    [
      row('a', 'fail', 'tcp.timeout', computer, morning),
      row('b', 'pass', '', computer, morning),
      row('a', 'pass', '', node, morning),
    ],
    morning,
  )
  const recheck = sampleReport([row('a', 'pass', '', computer, noon), row('b', 'fail', 'tcp.reset', node, noon)], noon)

  it('has the new results of rechecked endpoints, the earlier results of the others, and the time of each check', () => {
    const merged = mergeRecheck(latest, recheck)

    expect(merged.results.map(short)).toEqual([
      'a computer pass 12',
      'b computer pass 08',
      'a node pass 08',
      'b node fail 12',
    ])
    expect(merged).toMatchObject({ startedAt: morning, endedAt: recheck.endedAt, runId: recheck.runId })
    expect(merged.vantages.map(({ vantage }) => vantage.kind)).toEqual(['computer', 'node'])
  })

  it('has the findings of the recheck, then the earlier ones without endpoints that recovered', () => {
    const results = ['a', 'b', 'c'].map((id) => row(id, 'fail', 'tcp.timeout', computer, morning))
    const before = { ...sampleReport(results, morning), findings: [finding(['a', 'b', 'c'])] }
    const recheck = { ...sampleReport([row('a')]), findings: [finding(['a', 'z'])] }

    expect(mergeRecheck(before, recheck).findings.map(({ endpoints }) => endpoints)).toEqual([
      ['a', 'z'],
      ['b', 'c'],
    ])
  })
})

describe('the latest report after a run of all endpoints', () => {
  const id = crypto.randomUUID()
  const older = {
    ...sampleReport(
      [
        row('a', 'fail', 'x', computer, morning),
        row('a', 'pass', '', node, morning),
        row('old', 'pass', '', node, morning),
      ],
      morning,
    ),
    findings: [finding(['a', 'old'], [node]), finding(['a', 'old'])],
  }

  it('is the run itself if there is no earlier report, or none with other vantages', () => {
    const run = sampleReport([row('a')], noon)

    expect(mergeRun(null, run, id)).toBe(run)
    expect(mergeRun(sampleReport([row('a', 'fail'), row('removed')], morning), run, id)).toBe(run)
  })

  it('keeps results of the last 24 hours from other vantages, without removed endpoints', () => {
    const merged = mergeRun(older, sampleReport([row('a', 'pass', '', computer, noon)], noon), id)

    expect(merged.results.map(short)).toEqual(['a computer pass 12', 'a node pass 08'])
    expect(merged.vantages.map(({ vantage }) => vantage.kind)).toEqual(['computer', 'node'])
    expect(merged.findings).toEqual([finding(['a', 'old'], [node])])
    expect(merged).toMatchObject({ runId: id, startedAt: noon })
  })

  it('drops the results of a vantage after 24 hours, also if other vantages were checked in between', () => {
    const between = mergeRun(older, sampleReport([row('a', 'pass', '', computer, noon)], noon), id)
    const run = sampleReport([row('a', 'pass', '', computer, nextDay)], nextDay)

    expect(mergeRun(between, run, id)).toBe(run)
  })
})
