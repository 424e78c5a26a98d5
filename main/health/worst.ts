import { Health } from '../../preload/contract/workloads.ts'

/** Higher is worse: the order of the contract, which is Argo CD's. */
const rank = new Map<string, number>([...Health.values].map((health, index) => [health, index]))

export function isWorse(one: Health, other: Health): boolean {
  return (rank.get(one) ?? 0) > (rank.get(other) ?? 0)
}
