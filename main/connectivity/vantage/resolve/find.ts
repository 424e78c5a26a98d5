import type { Endpoint } from '../../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../../preload/contract/words.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { isForbidden } from '../../../lib/kubernetes/failure.ts'
import { getObject, listObjects } from '../../../lib/kubernetes/objects.ts'
import { type MaterialParts, materialOf } from '../../plan/material.ts'
import { outOfScope, planRow } from '../../plan/rows.ts'
import type { PlannedEndpoint } from '../../run/run.ts'
import type { Found, FromCluster } from '../from-cluster.ts'
import { refuse } from '../pod/refusal.ts'
import type { PlaneCluster } from './cluster.ts'
import { findNodeNamespace } from './namespace.ts'
import type { Placement } from './placement.ts'
import { likenessOf } from './pod-template.ts'
import { readable } from './readable.ts'
import type { Asked } from './requests.ts'
import type { PodTemplate } from './workload.ts'

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
    const parts = { ...material, fileInPod: fileInPod ?? clusterFile(client, place.namespace, signal) }
    const rows = await Promise.all(
      endpoints.map(async (endpoint): Promise<PlannedEndpoint> => {
        const why = notAsked(asked, endpoint, settings)
        if (why !== undefined) return { id: endpoint.id, plan: { kind: 'skip', why } }
        const plan = planRow(endpoint, settings, await materialOf(endpoint, settings, parts), asked.kind)
        return { id: endpoint.id, plan }
      }),
    )
    return { place, lacks, rows }
  }
}

/** Why a row is not asked from a vantage, whatever comes of it; undefined: it is. Pure. */
export function notAsked(
  asked: Exclude<Asked, { kind: 'computer' }>,
  endpoint: Endpoint,
  settings: JsonObject,
): string | undefined {
  const outside = outOfScope(endpoint, settings, asked.kind)
  if (outside !== undefined || asked.kind !== 'component' || endpoint.component === asked.component.id) return outside
  return `this connection is of the component ${endpoint.component}: it is asked from there, not from another`
}

interface Located {
  readonly place: Placement
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
  const pull = (namespace: string) => pullSecretsOf(client, namespace, signal)
  if (asked.kind === 'pod') {
    const { namespace } = asked
    return { place: { ...bare, namespace, imagePullSecrets: await pull(namespace) }, lacks: '' }
  }
  if (asked.kind === 'node') {
    if (asked.trouble !== undefined) throw asked.trouble
    if (asked.node !== undefined) await mustExist(client, asked.node, signal)
    const namespace = cluster.namespace ?? (await findNodeNamespace(client, cluster.namespaces, signal))
    const imagePullSecrets = await pull(namespace)
    return { place: { ...bare, namespace, hostNetwork: true, node: asked.node, imagePullSecrets }, lacks: '' }
  }
  const { place, lacks, fileInPod } = await likenessOf(asked.component, vantage, client, signal)
  const authority = clusterFile(client, place.namespace, signal)
  return { place, lacks, fileInPod: async (path) => (await fileInPod(path)) ?? authority(path) }
}

interface Pulling {
  readonly spec?: { readonly template?: PodTemplate }
}

/** By which the Deployments of a namespace fetch their images: a registry that wants to know who asks wants it of the probe too. */
async function pullSecretsOf(
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly { readonly name: string }[]> {
  const listed = listObjects(client, { apiVersion: 'apps/v1', kind: 'Deployment' }, { namespace }, signal)
  const found = (await readable(listed)) ?? []
  const names = found.flatMap((object) => {
    const { spec } = object as Pulling // the API's own form
    return (spec?.template?.spec?.imagePullSecrets ?? []).map(({ name }) => name)
  })
  return [...new Set(names)].map((name) => ({ name }))
}

/** A node that there is not would be waited for in vain. Whoever may not look at nodes finds out that way. */
async function mustExist(client: KubernetesClient, name: string, signal: AbortSignal): Promise<void> {
  try {
    const found = await getObject(client, { apiVersion: 'v1', kind: 'Node' }, { name }, signal)
    if (found === undefined) refuse('vantage.absent', `there is no node ${name}`)
  } catch (error) {
    if (!isForbidden(error)) throw error
  }
}

/** Every namespace has the cluster's authority in a ConfigMap; a pod has it in this file (KEP-1205). */
const authorityFile = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt'

const clusterFile =
  (client: KubernetesClient, namespace: string, signal: AbortSignal) =>
  async (path: string): Promise<string | undefined> => {
    if (path !== authorityFile) return undefined
    const kind = { apiVersion: 'v1', kind: 'ConfigMap' }
    const found = await readable(getObject(client, kind, { namespace, name: 'kube-root-ca.crt' }, signal))
    const text: unknown = Reflect.get(Object(found?.data), 'ca.crt')
    return typeof text === 'string' ? text : undefined
  }
