import { describe, expect, it } from 'vitest'
import type { Finding, Result, Vantage } from './contract/connectivity.ts'
import { findingsAfterRecheck } from './findings.ts'

const computer: Vantage = { kind: 'computer', name: 'laptop' }
const pod: Vantage = { kind: 'pod', name: 'plane' }
const startedAt = '2026-03-01T08:00:00.000Z'

const result = (endpoint: string, cause = 'tcp.timeout', vantage = computer): Result => ({
  endpoint,
  vantage,
  verdict: cause === '' ? 'pass' : 'fail',
  cause,
  hint: '',
  stages: [],
  facts: {
    addresses: [],
    resolver: '',
    source: '',
    destination: '',
    proxy: '',
    issuer: '',
    keySha256: '',
    clockOffsetMs: null,
    discoveredHosts: [],
  },
})
const finding = (endpoints: string[], vantages = [computer]): Finding => ({
  cause: 'tcp.timeout',
  endpoints,
  vantages,
  hint: 'Ask.',
  evidence: `${endpoints.length} connections are dropped`,
})

describe('after a recheck of endpoints that recovered, a finding', () => {
  const results = ['a', 'a2', 'b', 'c'].map((id) => result(id))
  const recheck = { results: [result('a', ''), result('a2', '')], findings: [] }

  it.each([
    ['is kept if none of its endpoints was rechecked', ['b', 'c'], [finding(['b', 'c'])]],
    ['is dropped if all of its endpoints were rechecked', ['a', 'a2'], []],
    ['is dropped if one endpoint is left, which is not a finding', ['a', 'b'], []],
    [
      'is narrowed to the other endpoints, and says when that was so',
      ['a', 'b', 'c'],
      [
        {
          ...finding(['b', 'c']),
          evidence: `At ${startedAt}, before some of its endpoints were rechecked: 3 connections are dropped`,
        },
      ],
    ],
  ])('%s', (_what, endpoints, expected) => {
    expect(findingsAfterRecheck({ startedAt, results, findings: [finding(endpoints)] }, recheck)).toEqual(expected)
  })
})

describe('after a recheck, a finding', () => {
  it('is kept whole if the rechecked endpoint has the same cause', () => {
    const before = { startedAt, results: [result('a'), result('b')], findings: [finding(['a', 'b'])] }
    expect(findingsAfterRecheck(before, { results: [result('a')], findings: [] })).toEqual(before.findings)
  })

  it('is kept whole if an endpoint was rechecked from a vantage without an earlier result', () => {
    const found = finding(['a', 'b'], [computer, pod])
    const before = { startedAt, results: [result('a'), result('b'), result('b', '', pod)], findings: [found] }
    const recheck = { results: [result('a', '', pod)], findings: [] }
    expect(findingsAfterRecheck(before, recheck)).toEqual([found])
  })

  it('loses a vantage of which nothing is left', () => {
    const results = [result('a'), result('b'), result('a', 'tcp.timeout', pod)]
    const before = { startedAt, results, findings: [finding(['a', 'b'], [computer, pod])] }
    const recheck = { results: [result('a', '', pod)], findings: [] }
    expect(findingsAfterRecheck(before, recheck)).toMatchObject([{ endpoints: ['a', 'b'], vantages: [computer] }])
  })

  it('follows the findings of the recheck', () => {
    const before = { startedAt, results: [result('b'), result('c')], findings: [finding(['b', 'c'])] }
    const recheck = { results: [result('a')], findings: [finding(['a', 'z'])] }
    expect(findingsAfterRecheck(before, recheck)).toEqual([finding(['a', 'z']), finding(['b', 'c'])])
  })
})
