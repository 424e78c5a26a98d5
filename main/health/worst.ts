import { Health } from '../../preload/contract/workloads.ts'

/** Higher is worse: the order of the contract, which is Argo CD's. */
const rank = new Map<string, number>([...Health.values].map((health, index) => [health, index]))

export function isWorse(one: Health, other: Health): boolean {
  return (rank.get(one) ?? 0) > (rank.get(other) ?? 0)
}

/** The worst of several; `undefined` of none: nothing is known to be well by there being nothing. */
export function worst(states: Iterable<Health>): Health | undefined {
  let found: Health | undefined
  for (const state of states) if (found === undefined || isWorse(state, found)) found = state
  return found
}
