import type { EndpointRow } from '../../preload/contract/connectivity.ts'

/** The title of an endpoint's row; its id where the profile no longer has it. */
export const rowTitle = (endpoint: string, rows: readonly EndpointRow[] | undefined): string =>
  rows?.find(({ id }) => id === endpoint)?.title ?? endpoint
