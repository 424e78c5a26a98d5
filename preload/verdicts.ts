import type { Result, StageResult } from './contract/connectivity.ts'
import type { Verdict } from './contract/words.ts'

/** The order of verdicts, for the window, reports and the terminal. Pure, and free of imports at run time. */

/** The worst first. "unknown" is worse than a warning: the connection can be broken. */
export const verdictsWorstFirst = ['fail', 'unknown', 'warn', 'pass', 'skipped'] as const satisfies readonly Verdict[]

/** 0 for "skipped" up to 4 for "fail". */
export const severityOf = (verdict: Verdict): number =>
  verdictsWorstFirst.length - 1 - verdictsWorstFirst.indexOf(verdict)

/** The worst of some verdicts; undefined for none. */
export const worstVerdict = (verdicts: Iterable<Verdict>): Verdict | undefined => {
  const all = new Set(verdicts)
  return verdictsWorstFirst.find((verdict) => all.has(verdict))
}

export function countVerdicts(results: Iterable<Pick<Result, 'verdict'>>): Record<Verdict, number> {
  const counts: Record<Verdict, number> = { pass: 0, warn: 0, fail: 0, skipped: 0, unknown: 0 }
  for (const { verdict } of results) counts[verdict] += 1
  return counts
}

/** The stage that decided the verdict: the first with the worst one. Undefined where all stages passed or were skipped. */
export function decidingStage(stages: readonly StageResult[]): StageResult | undefined {
  const worst = worstVerdict(stages.map(({ verdict }) => verdict))
  return worst === undefined || worst === 'pass' || worst === 'skipped'
    ? undefined
    : stages.find(({ verdict }) => verdict === worst)
}
