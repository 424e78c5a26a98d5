import type { EndpointRow } from './contract/connectivity.ts'

/**
 * Rows of endpoints that a run checked and that the plane's table does not have any more, for the exit code, reports and the
 * window alike. Pure, and free of imports at run time.
 */

/** A run that left an endpoint unknown must not pass because its row was removed since. */
const requiredOnceRemoved = true

/** Whether the plane cannot work without the endpoint. */
export const isRequired = (id: string, rows: readonly { readonly id: string; readonly required: boolean }[]): boolean =>
  rows.find((row) => row.id === id)?.required ?? requiredOnceRemoved

/** What is known of a removed endpoint: its id. */
export const removedEndpoint = (id: string): EndpointRow => ({
  id,
  component: '',
  componentTitle: '',
  title: id,
  host: '',
  port: 0,
  protocol: '',
  path: '',
  tls: true,
  serverName: '',
  direction: '',
  scope: '',
  required: requiredOnceRemoved,
  inspection: '',
  note: '',
})
