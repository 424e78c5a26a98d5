import type { Cause } from '../probe/causes.ts'
import type { Target } from '../probe/target.ts'

/** What one vantage does about an endpoint, which `id` names. */
export type Plan = ProbePlan | UnprobedPlan

/** Plain JSON, so that a probe in a pod can be given it. */
export interface ProbePlan {
  readonly kind: 'probe'
  readonly id: string
  readonly target: Target
  readonly companions: readonly Companion[]
}

/** Nothing is sent: it is out of scope, or not configured. */
export type UnprobedPlan =
  | { readonly kind: 'skip'; readonly id: string; readonly why: string }
  | { readonly kind: 'unknown'; readonly id: string; readonly cause: Cause; readonly why: string }

export interface Companion {
  readonly target: Target
  readonly why: string
}

/** Why an endpoint that needs something of the vault is not checked. */
export const vaultLocked = 'the vault is locked'
