import type { AllowListFormat, ConnectivityReport, TextFile } from '../../../preload/contract/connectivity.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import type { Endpoint, Profile } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import type { ProxyEnvironment } from '../probe/target.ts'
import { expand } from './expand.ts'
import { type ClusterView, clusterViewLimitMs, emptyClusterView, readClusterView } from './in-cluster.ts'
import { renderAllowList } from './render.ts'
import { type ChosenPods, type ComponentPlace, workloads } from './workloads.ts'

/** The input of an allow-list. The terminal provides it without a plane. */
export interface AllowListRequest {
  readonly title: string
  readonly version: string
  readonly endpoints: readonly Endpoint[]
  readonly settings: JsonObject
  readonly places: readonly ComponentPlace[]
  readonly last: ConnectivityReport | undefined
  /** The proxy variables of the components, if the user gave them. */
  readonly proxies?: ProxyEnvironment | undefined
  /** Only the endpoints of this component. */
  readonly component?: string | undefined
  readonly chosen?: ChosenPods | undefined
  /** Opens the cluster, for policies. Absent: there is no cluster. */
  readonly open?: ((signal: AbortSignal) => Promise<KubernetesClient>) | undefined
}

const policies: ReadonlySet<AllowListFormat> = new Set(['networkpolicy', 'ciliumnetworkpolicy'])

/** The components of a profile. Pure. */
export const placesOf = ({
  components,
  releases,
}: Pick<Profile, 'components' | 'releases'>): readonly ComponentPlace[] =>
  components.map(({ id, title, providedBy, parts }) => ({
    id,
    title,
    providedBy,
    namespace: releases.find((release) => release.components.includes(id))?.namespace ?? '',
    parts,
  }))

/** An allow-list as a document. Only a policy reads the cluster, with a time limit. Throws INPUT_INVALID. */
export async function makeAllowList(
  format: AllowListFormat,
  request: AllowListRequest,
  signal: AbortSignal,
): Promise<TextFile> {
  const { title, version, settings, places, last, proxies, component, chosen, open } = request
  const endpoints = request.endpoints.filter((each) => component === undefined || each.component === component)
  if (component !== undefined && endpoints.length === 0) {
    const known = [...new Set(request.endpoints.map((each) => each.component))].join(', ')
    throw new Problem(
      'INPUT_INVALID',
      `Component "${component}" has no endpoints.`,
      `components with endpoints: ${known}`,
    )
  }
  const componentTitles = Object.fromEntries(places.map(({ id, title: shown }) => [id, shown]))
  const destinations = expand({ endpoints, settings, componentTitles, last, proxies })
  const componentIds = new Set(destinations.map((each) => each.component))
  const listedPlaces = places.filter(({ id }) => componentIds.has(id))
  const services = destinations.filter(({ scope, direction }) => scope === 'cluster' && direction === 'outbound')
  const view: ClusterView =
    open === undefined || !policies.has(format)
      ? emptyClusterView
      : await readClusterView(
          open,
          { places: listedPlaces, services },
          AbortSignal.any([signal, AbortSignal.timeout(clusterViewLimitMs)]),
        )
  signal.throwIfAborted()
  return renderAllowList(format, {
    title,
    version,
    madeAt: new Date().toISOString(),
    checkedAt: last?.startedAt ?? '',
    destinations,
    workloads: workloads(destinations, places, view.workloads, chosen),
    backends: view.backends,
    apiServers: view.apiServers,
  })
}
