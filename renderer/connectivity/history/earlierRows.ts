import type { ConnectivityReport, EndpointRow } from '../../../preload/contract/connectivity.ts'
import { removedEndpoint } from '../../../preload/endpoint-rows.ts'

/** The rows of an old run: as the profile has them now, and by their ids those that it has no more. */
export function rowsOfRun(rows: readonly EndpointRow[], { results }: ConnectivityReport): readonly EndpointRow[] {
  const then = new Set(results.map(({ endpoint }) => endpoint))
  const now = rows.filter(({ id }) => then.has(id))
  const gone = [...then].filter((id) => !rows.some((row) => row.id === id))
  return [...now, ...gone.map(removedRow)]
}

const removedRow = (id: string): EndpointRow => ({
  ...removedEndpoint(id),
  componentTitle: 'Not in the profile any more',
})
