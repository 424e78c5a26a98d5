import type { Benchmark } from './benchmark.ts'
import { bounds } from './connectivity/bounds.ts'
import { podVantage } from './connectivity/pod.ts'
import { verdicts } from './connectivity/verdicts.ts'

/**
 * Question: how often is a check wrong, compared with the rules of two other tools, and does it keep its bounds?
 * The bias of each part is documented where it is measured.
 * Runs: test/bench/runs/connectivity-<date>.json
 */
export const connectivity: Benchmark = {
  name: 'connectivity',
  question: 'How often is a check wrong, and does it keep its bounds?',
  run: async (signal) => [...(await bounds(signal)), ...(await podVantage(signal)), ...(await verdicts(signal))],
}
