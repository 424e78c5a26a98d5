import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { Client } from '../lib/client.ts'
import { follow } from '../lib/follow.ts'
import type { RouteStore } from './route.ts'

export interface Opened {
  readonly link: { readonly client: { readonly connectivity: Pick<Client['connectivity'], 'openRequests'> } }
  readonly route: RouteStore
}

/** Goes to a plane's Connectivity when a notification about it was clicked. */
export function followOpenings({ link, route }: Opened, signal: AbortSignal): Promise<ProblemReport | undefined> {
  return follow(
    (until) => link.client.connectivity.openRequests(undefined, { signal: until }),
    ({ planeId }) => route.getState().go({ view: 'plane', planeId, tab: 'connectivity' }),
    signal,
  )
}
