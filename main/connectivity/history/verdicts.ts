import type { Result } from '../../../preload/contract/connectivity.ts'

/** Of a vantage that could look, though not in all ways: what it found counts. */
const limited = 'vantage.limited'

/** Whether a cause speaks of the vantage and not of the network: nothing is known of the row then, neither good nor bad. */
export const isOfVantage = (cause: string): boolean =>
  cause === 'rbac.denied' || (cause.startsWith('vantage.') && cause !== limited)

/** Whether a look found something out about the row. */
export const isJudged = ({ verdict, cause }: Pick<Result, 'verdict' | 'cause'>): boolean =>
  verdict !== 'skipped' && !isOfVantage(cause)

export const isLimited = (cause: string | undefined): boolean => cause === limited
