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

/** What a list is made of; the terminal has all of it without a plane, too. */
export interface AllowListRequest {
  readonly title: string
  readonly version: string
  readonly endpoints: readonly Endpoint[]
  readonly settings: JsonObject
  readonly places: readonly ComponentPlace[]
  readonly last: ConnectivityReport | undefined
  /** What the components would find in their environment, where somebody said it. */
  readonly proxies?: ProxyEnvironment | undefined
  /** Rows of this component alone. */
  readonly component?: string | undefined
  readonly chosen?: ChosenPods | undefined
  /** For policies: opens the cluster. Absent: there is none to ask. */
  readonly open?: ((signal: AbortSignal) => Promise<KubernetesClient>) | undefined
}

const policies: ReadonlySet<AllowListFormat> = new Set(['networkpolicy', 'ciliumnetworkpolicy'])

/** Components as a profile has them. Pure. */
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

/** An allow-list as a document. The cluster is asked for a policy alone, and has a few seconds. Throws INPUT_INVALID. */
export async function makeAllowList(
  format: AllowListFormat,
  of: AllowListRequest,
  signal: AbortSignal,
): Promise<TextFile> {
  const { title, version, settings, places, last, proxies, component, chosen, open } = of
  const endpoints = of.endpoints.filter((each) => component === undefined || each.component === component)
  if (component !== undefined && endpoints.length === 0) {
    const known = [...new Set(of.endpoints.map((each) => each.component))].join(', ')
    throw new Problem('INPUT_INVALID', `No row is of a component "${component}".`, `components with rows: ${known}`)
  }
  const componentTitles = Object.fromEntries(places.map(({ id, title: shown }) => [id, shown]))
  const destinations = expand({ endpoints, settings, componentTitles, last, proxies })
  const named = new Set(destinations.map((each) => each.component))
  const concerned = places.filter(({ id }) => named.has(id))
  const services = destinations.filter(({ scope, direction }) => scope === 'cluster' && direction === 'outbound')
  const view: ClusterView =
    open === undefined || !policies.has(format)
      ? emptyClusterView
      : await readClusterView(
          open,
          { places: concerned, services },
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
