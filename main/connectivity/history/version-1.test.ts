import { describe, expect, it } from 'vitest'
import { Change, ConnectivityReport } from '../../../preload/contract/connectivity.ts'
import { sampleResult as row, sampleReport } from './sample.ts'
import { changeFromVersion1, reportFromVersion1 } from './version-1.ts'

const current = sampleReport([row('agent', 'fail', 'tcp.timeout'), row('broker')])

/** The same report as Hangar 0.1 wrote it. */
const saved = {
  ...current,
  schemaVersion: 1,
  vantages: current.vantages.map(({ message, ...outcome }) => ({ ...outcome, says: message })),
  results: current.results.map(({ facts, ...result }) => ({ ...result, seen: facts })),
}

describe('a saved run of version 1', () => {
  it('is invalid before conversion and equal to the version 2 report after it', () => {
    expect(ConnectivityReport.safeParse(saved).success).toBe(false)
    expect(ConnectivityReport.parse(reportFromVersion1(saved))).toEqual(current)
  })

  it.each([
    [current],
    [{ schemaVersion: 1 }],
    [{ schemaVersion: 1, results: [1, null], vantages: 'x' }],
    [null],
    ['x'],
  ])('is not converted from other JSON, and %j does not throw', (input) => {
    const converted = reportFromVersion1(input)
    expect(ConnectivityReport.safeParse(converted).success).toBe(input === current)
  })
})

it('a saved run without facts that version 2 added later gets their defaults', () => {
  const results = current.results.map(({ facts, ...result }) => {
    const { clockOffsetMs: _, discoveredHosts: __, ...earlier } = facts
    return { ...result, facts: earlier }
  })
  expect(ConnectivityReport.parse({ ...current, results })).toEqual(current)
})

describe('a change of version 1', () => {
  const vantage = { kind: 'computer', name: 'laptop' }
  it.each([
    ['mended', 'recovered'],
    ['appeared', 'added'],
    ['gone', 'removed'],
    ['broke', 'broke'],
  ])('%s is read as %s', (old, kind) => {
    const change = { endpoint: 'agent', vantage, kind: old, before: null, after: null, says: 'passed, now fails' }
    expect(Change.parse(changeFromVersion1(change))).toEqual({
      endpoint: 'agent',
      vantage,
      kind,
      before: null,
      after: null,
      message: 'passed, now fails',
    })
  })
})
