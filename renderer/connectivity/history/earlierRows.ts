import type { ConnectivityReport, EndpointRow } from '../../../preload/contract/connectivity.ts'
import { removedEndpoint } from '../../../preload/endpoint-rows.ts'
import { t } from '../../strings/t.ts'

/** The rows of an earlier run: from the profile, and by id alone where the profile no longer has them. */
export function rowsOfRun(rows: readonly EndpointRow[], { results }: ConnectivityReport): readonly EndpointRow[] {
  const checked = new Set(results.map(({ endpoint }) => endpoint))
  const current = rows.filter(({ id }) => checked.has(id))
  const removed = [...checked].filter((id) => !rows.some((row) => row.id === id))
  return [...current, ...removed.map(removedRow)]
}

const removedRow = (id: string): EndpointRow => ({
  ...removedEndpoint(id),
  componentTitle: t('connectivity.matrix.removedRows'),
})
