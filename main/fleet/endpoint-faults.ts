import type { ConnectivityReport, EndpointRow, Result } from '../../preload/contract/connectivity.ts'
import type { EndpointFault } from '../../preload/contract/fleet.ts'

/**
 * The endpoints that failed or have a warning from any vantage, each once with its worst cause: failed ones first, then in the
 * order of the profile. An endpoint that the profile no longer has is left out. Pure.
 */
export function endpointFaults(
  { results }: Pick<ConnectivityReport, 'results'>,
  rows: readonly Pick<EndpointRow, 'id' | 'title'>[],
): EndpointFault[] {
  const byEndpoint = Map.groupBy(results, ({ endpoint }) => endpoint)
  const faults = rows.flatMap(({ id, title }): EndpointFault[] => {
    const own = byEndpoint.get(id) ?? []
    const worst = own.find(isFault('fail')) ?? own.find(isFault('warn'))
    return worst === undefined ? [] : [{ endpoint: id, title, verdict: worst.verdict, cause: worst.cause }]
  })
  return [...faults.filter(({ verdict }) => verdict === 'fail'), ...faults.filter(({ verdict }) => verdict === 'warn')]
}

const isFault =
  <V extends EndpointFault['verdict']>(verdict: V) =>
  (result: Result): result is Result & { verdict: V } =>
    result.verdict === verdict
