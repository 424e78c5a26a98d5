import type { Result, VerdictHistory } from './contract/connectivity.ts'
import type { Verdict } from './contract/words.ts'
import { severityOf } from './verdicts.ts'

/** The runs that the history of a row has at most. */
export const verdictHistoryRuns = 20

/** What the history of a row needs of a run. */
export interface RunVerdicts {
  readonly runId: string
  readonly startedAt: string
  /** By endpoint: the worst of all vantages. */
  readonly worst: ReadonlyMap<string, Verdict>
}

/** Pure. */
export function runVerdicts({
  runId,
  startedAt,
  results,
}: {
  readonly runId: string
  readonly startedAt: string
  readonly results: readonly Pick<Result, 'endpoint' | 'verdict'>[]
}): RunVerdicts {
  const worst = new Map<string, Verdict>()
  for (const { endpoint, verdict } of results) {
    const before = worst.get(endpoint)
    if (before === undefined || severityOf(verdict) > severityOf(before)) worst.set(endpoint, verdict)
  }
  return { runId, startedAt, worst }
}

/** By endpoint instead of by run, in the order of the runs. An endpoint that a run did not have is null there. */
export function verdictHistoryOf(runs: readonly RunVerdicts[]): VerdictHistory {
  const endpoints = new Set(runs.flatMap(({ worst }) => [...worst.keys()]))
  return {
    runs: runs.map(({ runId, startedAt }) => ({ runId, startedAt })),
    rows: [...endpoints].map((endpoint) => ({
      endpoint,
      verdicts: runs.map(({ worst }) => worst.get(endpoint) ?? null),
    })),
  }
}
