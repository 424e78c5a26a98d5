import type { Endpoint } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { getObject } from '../../lib/kubernetes/objects.ts'
import { type MaterialParts, materialOf } from '../material.ts'
import type { Plan } from '../plan.ts'
import { planRow } from '../rows.ts'
import type { Row } from '../run.ts'
import type { PlaneCluster } from './cluster.ts'
import type { Found, FromCluster } from './from-cluster.ts'
import { likenessOf } from './likeness.ts'
import { findNodeNamespace } from './namespace.ts'
import type { Place } from './place.ts'
import type { Asked } from './requests.ts'

/** How a vantage that was asked for becomes a place in the cluster, with its rows planned as they are seen from there. */
export function finderOf(
  asked: Exclude<Asked, { kind: 'computer' }>,
  cluster: PlaneCluster,
  endpoints: readonly Endpoint[],
  settings: JsonObject,
  material: MaterialParts,
): FromCluster['find'] {
  return async (client, signal): Promise<Found> => {
    const { place, lacks, fileInPod } = await placeOf(asked, cluster, client, signal)
    const only = asked.kind === 'component' ? asked.component.id : undefined
    const parts = { ...material, fileInPod: fileInPod ?? clusterFile(client, place.namespace, signal) }
    const rows = await Promise.all(
      endpoints.map(async (endpoint): Promise<Row> => {
        if (only !== undefined && endpoint.component !== only && endpoint.direction === 'outbound')
          return { id: endpoint.id, plan: ofOther(endpoint.component) }
        const plan = planRow(endpoint, settings, await materialOf(endpoint, settings, parts), asked.kind)
        return { id: endpoint.id, plan }
      }),
    )
    return { place, lacks, rows }
  }
}

const ofOther = (component: string): Plan => ({
  kind: 'skip',
  why: `this connection is of the component ${component}: it is asked from there, not from another`,
})

interface Located {
  readonly place: Place
  readonly lacks: string
  readonly fileInPod?: MaterialParts['fileInPod']
}

async function placeOf(
  asked: Exclude<Asked, { kind: 'computer' }>,
  cluster: PlaneCluster,
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<Located> {
  const { vantage } = asked
  const bare = { vantage, hostNetwork: false, node: undefined, likeness: undefined, pods: {} }
  if (asked.kind === 'pod') return { place: { ...bare, namespace: asked.namespace }, lacks: '' }
  if (asked.kind === 'node') {
    if (asked.trouble !== undefined) throw asked.trouble
    const namespace = await findNodeNamespace(client, cluster.namespaces, signal)
    return { place: { ...bare, namespace, hostNetwork: true, node: asked.node }, lacks: '' }
  }
  const { place, lacks, fileInPod } = await likenessOf(asked.component, vantage, client, signal)
  const authority = clusterFile(client, place.namespace, signal)
  return { place, lacks, fileInPod: async (path) => (await fileInPod(path)) ?? authority(path) }
}

/** Every namespace has the cluster's authority in a ConfigMap; a pod has it in this file (KEP-1205). */
const authorityFile = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt'

export const clusterFile =
  (client: KubernetesClient, namespace: string, signal: AbortSignal) =>
  async (path: string): Promise<string | undefined> => {
    if (path !== authorityFile) return undefined
    const kind = { apiVersion: 'v1', kind: 'ConfigMap' }
    const found = await getObject(client, kind, { namespace, name: 'kube-root-ca.crt' }, signal).catch(() => undefined)
    signal.throwIfAborted()
    const text: unknown = Reflect.get(Object(found?.data), 'ca.crt')
    return typeof text === 'string' ? text : undefined
  }
