import type { ConnectivityReport } from '../../../preload/contract/connectivity.ts'

/** 1 if a row failed, or one that the plane cannot do without is not known; else 0. A row that is not listed counts as required. */
export function exitCode(
  report: Pick<ConnectivityReport, 'results'>,
  rows: readonly { readonly id: string; readonly required: boolean }[],
): 0 | 1 {
  const optional = new Set(rows.filter(({ required }) => !required).map(({ id }) => id))
  const bad = report.results.some(
    ({ endpoint, verdict }) => verdict === 'fail' || (verdict === 'unknown' && !optional.has(endpoint)),
  )
  return bad ? 1 : 0
}
