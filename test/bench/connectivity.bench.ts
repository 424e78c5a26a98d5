import type { Benchmark } from './benchmark.ts'
import { bounds } from './connectivity/bounds.ts'
import { podVantage } from './connectivity/pod.ts'
import { verdicts } from './connectivity/verdicts.ts'

/**
 * Question: how often is a check wrong, beside the two rules that others go by, and does it keep its bounds?
 * What each part is unfair to is said where it is measured.
 * Runs: test/bench/runs/connectivity-<date>.json
 */
export const connectivity: Benchmark = {
  name: 'connectivity',
  question: 'How often is a check wrong, and does it keep its bounds?',
  run: async (signal) => [...(await bounds(signal)), ...(await podVantage(signal)), ...(await verdicts(signal))],
}
