import type { Stage } from '../../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../../preload/contract/words.ts'

/** Who can mend it. */
type Fixer = 'you' | 'network team' | 'proxy team' | 'DNS team' | 'far end' | 'cluster team' | 'nobody'

export interface CauseEntry {
  /** Each cause has this one verdict, wherever it is found. */
  readonly verdict: Verdict
  readonly stage: Stage
  readonly meaning: string
  /** How it is told apart from its neighbours. */
  readonly toldApart: string
  readonly fixedBy: Fixer
  /** What a tired operator does next. */
  readonly hint: string
  /** `check`: every run looks for it. `deep`: found only by holding a connection or repeating. `cluster`: from vantages in a cluster. */
  readonly foundBy: 'check' | 'deep' | 'cluster'
}

export const check = { foundBy: 'check' } as const
