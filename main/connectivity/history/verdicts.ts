import type { Result } from '../../../preload/contract/connectivity.ts'

/** The cause of a vantage that could run only some of the checks: its results count. */
const limited = 'vantage.limited'

/** Whether a cause is about the vantage and not the network: the endpoint is then unknown. */
export const isOfVantage = (cause: string): boolean =>
  cause === 'rbac.denied' || (cause.startsWith('vantage.') && cause !== limited)

/** Whether a check has a result about the endpoint. */
export const isJudged = ({ verdict, cause }: Pick<Result, 'verdict' | 'cause'>): boolean =>
  verdict !== 'skipped' && !isOfVantage(cause)

export const isLimited = (cause: string | undefined): boolean => cause === limited
