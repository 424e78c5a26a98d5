import type { Stage } from '../../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../../preload/contract/words.ts'

/** Who can fix it. */
type Owner =
  | 'you'
  | 'the network team'
  | 'the proxy team'
  | 'the DNS team'
  | 'the service owner'
  | 'the cluster administrator'
  | 'none'

export interface CauseEntry {
  /** Each cause has one verdict, wherever it is detected. */
  readonly verdict: Verdict
  readonly stage: Stage
  readonly meaning: string
  /** What distinguishes it from similar causes. */
  readonly distinguishedBy: string
  readonly owner: Owner
  /** What to do next, for an operator during an incident. */
  readonly hint: string
  /**
   * `check`: every run. `deep`: only by holding a connection or repeating it. `cluster`: from vantages in a cluster. `vault`: of a plane
   * with stored credentials.
   */
  readonly foundBy: 'check' | 'deep' | 'cluster' | 'vault'
}

export const check = { foundBy: 'check' } as const
