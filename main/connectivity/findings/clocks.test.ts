import { describe, expect, it } from 'vitest'
import type { Result } from '../../../preload/contract/connectivity.ts'
import { noConnectionFacts } from '../probe/connection-facts.ts'
import { clocks } from './clocks.ts'

const begin = Date.parse('2026-03-01T10:00:00Z')
const row = (endpoint: string, offsetSeconds: number, more: Partial<Result> = {}): Result => {
  const cause = Math.abs(offsetSeconds) >= 300 ? 'clock.skew' : Math.abs(offsetSeconds) >= 60 ? 'clock.drift' : ''
  return {
    endpoint,
    vantage: { kind: 'node', name: 'a' },
    verdict: 'pass',
    cause,
    hint: '',
    stages: [],
    facts: { ...noConnectionFacts, clockOffsetMs: 1_000 * offsetSeconds },
    ...more,
  }
}

describe('the clock of a vantage', () => {
  it('is wrong if three servers agree, also servers of endpoints that fail for another reason', () => {
    const [finding, ...others] = clocks([
      row('a', 400),
      row('b', 401),
      row('c', 398, { cause: 'tls.expired' }),
      row('d', 0),
    ])
    expect(finding).toMatchObject({ cause: 'clock.skew', endpoints: ['a', 'b', 'c'], vantages: [{ name: 'a' }] })
    expect(finding?.evidence).toBe('3 of 4 answers agree with one another: the clock of node a is 400 s behind them')
    expect(others).toEqual([])
    expect(clocks([row('a', -90), row('b', -91), row('c', -92)])[0]).toMatchObject({ cause: 'clock.drift' })
  })

  it('is right if three servers agree with it: then the clock of the fourth server is wrong', () => {
    const [finding] = clocks([row('a', 400), row('b', 1), row('c', 0), row('d', -2)])
    expect(finding).toMatchObject({ cause: 'clock.skew', endpoints: ['a'] })
    expect(finding?.evidence).toContain('the clock of a is wrong')
  })

  it('is not judged by two answers, by servers that disagree or by answers to other vantages', () => {
    expect(clocks([row('a', 400), row('b', 400)])).toEqual([])
    expect(clocks([row('a', 400), row('b', 900), row('c', -600)])).toEqual([])
    const elsewhere = { vantage: { kind: 'computer', name: 'x' } as const }
    expect(clocks([row('a', 400), row('b', 400), row('c', 400, elsewhere)])).toEqual([])
    expect(clocks([row('a', 3), row('b', 0), row('c', 1)])).toEqual([])
  })

  it('is not read from the evidence text, which the server controls', () => {
    const evidence = `GET /: 200\ndate: ${new Date(begin + 400_000).toUTCString()}`
    const stages = [{ stage: 'identity', verdict: 'pass', at: new Date(begin).toISOString(), ms: 1, evidence } as const]
    const written = (endpoint: string): Result => row(endpoint, 0, { stages: [...stages], facts: noConnectionFacts })
    expect(clocks([written('a'), written('b'), written('c')])).toEqual([])
  })
})
