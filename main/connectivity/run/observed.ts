import type { Result } from '../../../preload/contract/connectivity.ts'
import type { Plan } from '../plan/plan.ts'
import type { Facts } from '../probe/facts.ts'
import type { Target } from '../probe/target.ts'

/** An endpoint with what one vantage does about it. */
export interface PlannedEndpoint {
  readonly id: string
  readonly plan: Plan
}

/** A result with what findings across endpoints need beside it. */
export interface Observed {
  readonly result: Result
  /** Absent when nothing was sent. */
  readonly target: Pick<Target, 'port' | 'serverName'> | undefined
  /** Only of probes that ran in this process. */
  readonly facts?: Facts | undefined
}
