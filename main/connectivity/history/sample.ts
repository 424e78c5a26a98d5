import { randomUUID } from 'node:crypto'
import type { ConnectivityReport, Result, Vantage } from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'
import { vantageKey } from '../../../preload/vantages.ts'
import { noConnectionFacts } from '../probe/connection-facts.ts'

/** Small reports for tests. */

export const computer: Vantage = { kind: 'computer', name: 'laptop' }
export const node: Vantage = { kind: 'node', name: 'worker-1' }

const defaultStart = '2026-03-01T12:00:00.000Z'

export function sampleResult(
  endpoint: string,
  verdict: Verdict = 'pass',
  cause = '',
  vantage: Vantage = computer,
  at = defaultStart,
): Result {
  return {
    endpoint,
    vantage,
    verdict,
    cause,
    hint: '',
    stages: [{ stage: 'config', verdict: verdict === 'skipped' ? 'skipped' : 'pass', at, ms: 1, evidence: 'seen' }],
    facts: noConnectionFacts,
  }
}

export function sampleReport(results: readonly Result[], startedAt = defaultStart): ConnectivityReport {
  const vantages = new Map(results.map(({ vantage }) => [vantageKey(vantage), vantage]))
  return {
    schemaVersion: 2,
    runId: randomUUID(),
    startedAt,
    endedAt: new Date(Date.parse(startedAt) + 1_000).toISOString(),
    vantages: [...vantages.values()].map((vantage) => ({
      vantage,
      state: 'ran',
      cause: '',
      message: '',
      hint: '',
      manifest: '',
    })),
    results: [...results],
    findings: [],
  }
}
