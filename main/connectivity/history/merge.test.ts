import { describe, expect, it } from 'vitest'
import type { Finding, Result } from '../../../preload/contract/connectivity.ts'
import { withPart, withWhole } from './merge.ts'
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

describe('a picture with rows that were checked again', () => {
  const picture = sampleReport(
    [
      row('a', 'fail', 'tcp.timeout', computer, morning),
      row('b', 'pass', '', computer, morning),
      row('a', 'pass', '', node, morning),
    ],
    morning,
  )
  const part = sampleReport([row('a', 'pass', '', computer, noon), row('b', 'fail', 'tcp.reset', node, noon)], noon)

  it('has those rows new, the others as they were, and says when each was looked at', () => {
    const merged = withPart(picture, part)

    expect(merged.results.map(short)).toEqual([
      'a computer pass 12',
      'b computer pass 08',
      'a node pass 08',
      'b node fail 12',
    ])
    expect(merged).toMatchObject({ startedAt: morning, endedAt: part.endedAt, runId: part.runId })
    expect(merged.vantages.map(({ vantage }) => vantage.kind)).toEqual(['computer', 'node'])
  })

  it.each([
    ['none of its rows', ['b', 'c'], [['b', 'c'], '2 connections are dropped']],
    ['all of its rows', ['a', 'a2'], undefined],
    ['all but one, which is no finding alone', ['a', 'b'], undefined],
    [
      'one of its rows, which recovered',
      ['a', 'b', 'c'],
      [['b', 'c'], `At ${morning}, before some of its endpoints were rechecked: 3 connections are dropped`],
    ],
    ['one of its rows, which is as it was', ['still', 'b', 'c'], [['still', 'b', 'c'], '3 connections are dropped']],
  ])('keeps, drops or narrows a finding when %s were checked again', (_what, endpoints, expected) => {
    const bad = ['a', 'a2', 'b', 'c', 'still'].map((id) => row(id, 'fail', 'tcp.timeout', computer, morning))
    const before = { ...sampleReport(bad, morning), findings: [finding(endpoints)] }
    const again = sampleReport([row('a'), row('a2'), row('still', 'fail', 'tcp.timeout')], noon)

    const { findings } = withPart(before, again)

    expect(findings.map((one) => [one.endpoints, one.evidence])).toEqual(expected === undefined ? [] : [expected])
  })

  it('has the findings of the part first', () => {
    const before = { ...sampleReport([row('b', 'fail', 'x'), row('c', 'fail', 'x')]), findings: [finding(['b', 'c'])] }
    const again = { ...sampleReport([row('a')]), findings: [finding(['a', 'z'])] }

    expect(withPart(before, again).findings.map(({ endpoints }) => endpoints)).toEqual([
      ['a', 'z'],
      ['b', 'c'],
    ])
  })
})

describe('a picture after a whole table', () => {
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

  it('is the run itself where nothing was known before, or nothing else', () => {
    const whole = sampleReport([row('a')], noon)

    expect(withWhole(null, whole, id)).toBe(whole)
    expect(withWhole(sampleReport([row('a', 'fail'), row('gone')], morning), whole, id)).toBe(whole)
  })

  it('keeps the columns of the day that it did not look from, without rows that the table has no more', () => {
    const merged = withWhole(older, sampleReport([row('a', 'pass', '', computer, noon)], noon), id)

    expect(merged.results.map(short)).toEqual(['a computer pass 12', 'a node pass 08'])
    expect(merged.vantages.map(({ vantage }) => vantage.kind)).toEqual(['computer', 'node'])
    expect(merged.findings).toEqual([finding(['a', 'old'], [node])])
    expect(merged).toMatchObject({ runId: id, startedAt: noon })
  })

  it('lets go of a column after a day, however often the others were looked at in between', () => {
    const between = withWhole(older, sampleReport([row('a', 'pass', '', computer, noon)], noon), id)
    const whole = sampleReport([row('a', 'pass', '', computer, nextDay)], nextDay)

    expect(withWhole(between, whole, id)).toBe(whole)
  })
})
