import type { ConnectivityReport } from './contract/connectivity.ts'
import { isRequired } from './endpoint-rows.ts'

/** 1 if an endpoint failed, or a required one is unknown; else 0. */
export function exitCode(
  { results }: Pick<ConnectivityReport, 'results'>,
  rows: readonly { readonly id: string; readonly required: boolean }[],
): 0 | 1 {
  const bad = results.some(
    ({ endpoint, verdict }) => verdict === 'fail' || (verdict === 'unknown' && isRequired(endpoint, rows)),
  )
  return bad ? 1 : 0
}
