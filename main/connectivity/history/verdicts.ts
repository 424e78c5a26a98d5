import type { Result, Vantage } from '../../../preload/contract/connectivity.ts'
import type { Verdict } from '../../../preload/contract/words.ts'

/** From the best to the worst: what is not known is worse than a warning, for nobody can build on it. */
const ladder: readonly Verdict[] = ['pass', 'warn', 'unknown', 'fail']

/** How bad it is; a row that was not tried has no place on the ladder: -1. */
export const rank = (verdict: Verdict): number => ladder.indexOf(verdict)

/** Vantages with the same key are the same column. */
export const vantageKey = ({ kind, name }: Vantage): string => `${kind}\n${name}`

/** Results with the same key are about the same endpoint from the same place. */
export const cellKey = ({ endpoint, vantage }: Pick<Result, 'endpoint' | 'vantage'>): string =>
  `${endpoint}\n${vantageKey(vantage)}`

/** Of a vantage that could look, though not in all ways: what it found counts. */
const limited = 'vantage.limited'

/** Whether a cause speaks of the vantage and not of the network: nothing is known of the row then, neither good nor bad. */
export const isOfVantage = (cause: string): boolean =>
  cause === 'rbac.denied' || (cause.startsWith('vantage.') && cause !== limited)

/** Whether a look found something out about the row. */
export const isJudged = ({ verdict, cause }: Pick<Result, 'verdict' | 'cause'>): boolean =>
  verdict !== 'skipped' && !isOfVantage(cause)

export const isLimited = (cause: string | undefined): boolean => cause === limited
