import type { Endpoint } from '../../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../../preload/contract/words.ts'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { isForbidden } from '../../../lib/kubernetes/failure.ts'
import { ifAllowed, listIfAllowed } from '../../../lib/kubernetes/if-allowed.ts'
import { getObject } from '../../../lib/kubernetes/objects.ts'
import { type MaterialSources, materialOf } from '../../plan/material.ts'
import type { Plan } from '../../plan/plan.ts'
import { outOfScope, planRow } from '../../plan/rows.ts'
import type { ClusterCheck, ResolvedVantage } from '../check-from-cluster.ts'
import type { Placement } from '../placement.ts'
import { refuse } from '../refusal.ts'
import type { PlaneCluster } from './cluster.ts'
import { componentPlacement } from './component-placement.ts'
import { findNodeNamespace } from './namespace.ts'
import type { VantagePlan } from './requests.ts'
import type { PodTemplate } from './workload.ts'

/** Finds the placement of a vantage's probe, and plans the endpoints for it. */
export function resolverFor(
  vantagePlan: Exclude<VantagePlan, { kind: 'computer' }>,
  cluster: PlaneCluster,
  endpoints: readonly Endpoint[],
  settings: JsonObject,
  material: MaterialSources,
): ClusterCheck['resolve'] {
  return async (client, signal): Promise<ResolvedVantage> => {
    const { placement, limitation, fileInPod } = await placementOf(vantagePlan, cluster, client, signal)
    // Nothing signs in from a cluster, so no credential is read for it.
    const sources = {
      ...material,
      loginOf: undefined,
      fileInPod: fileInPod ?? clusterFile(client, placement.namespace, signal),
    }
    const plans = await Promise.all(
      endpoints.map(async (endpoint): Promise<Plan> => {
        const why = skipReason(vantagePlan, endpoint, settings)
        if (why !== undefined) return { kind: 'skip', id: endpoint.id, why }
        return planRow(endpoint, settings, await materialOf(endpoint, settings, sources), vantagePlan.kind)
      }),
    )
    return {
      placement,
      limitation,
      plans,
      existingPod: vantagePlan.kind === 'existing-pod' ? vantagePlan.pod : undefined,
    }
  }
}

/** Why an endpoint is out of scope of a vantage; undefined: it is in scope. Pure. */
export function skipReason(
  vantagePlan: Exclude<VantagePlan, { kind: 'computer' }>,
  endpoint: Endpoint,
  settings: JsonObject,
): string | undefined {
  const outside = outOfScope(endpoint, settings, vantagePlan.kind)
  if (outside !== undefined || vantagePlan.kind !== 'component' || endpoint.component === vantagePlan.component.id)
    return outside
  return `it belongs to the component ${endpoint.component}, and is checked from that component only`
}

interface ResolvedPlacement {
  readonly placement: Placement
  readonly limitation: string
  readonly fileInPod?: MaterialSources['fileInPod']
}

async function placementOf(
  vantagePlan: Exclude<VantagePlan, { kind: 'computer' }>,
  cluster: PlaneCluster,
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<ResolvedPlacement> {
  const { vantage } = vantagePlan
  const base = { vantage, hostNetwork: false, node: undefined, template: undefined, pods: {} }
  if (vantagePlan.kind === 'existing-pod')
    return { placement: { ...base, namespace: vantagePlan.pod.namespace, imagePullSecrets: [] }, limitation: '' }
  if (vantagePlan.kind === 'pod') {
    const { namespace } = vantagePlan
    const imagePullSecrets = await pullSecretsOf(client, namespace, signal)
    return { placement: { ...base, namespace, imagePullSecrets }, limitation: '' }
  }
  if (vantagePlan.kind === 'node') {
    const { node, error } = vantagePlan
    if (error !== undefined) throw error
    if (node !== undefined) await requireNode(client, node, signal)
    const namespace = cluster.namespace ?? (await findNodeNamespace(client, cluster.namespaces, signal))
    const imagePullSecrets = await pullSecretsOf(client, namespace, signal)
    return { placement: { ...base, namespace, hostNetwork: true, node, imagePullSecrets }, limitation: '' }
  }
  const { placement, limitation, fileInPod } = await componentPlacement(vantagePlan.component, vantage, client, signal)
  const authority = clusterFile(client, placement.namespace, signal)
  return { placement, limitation, fileInPod: async (path) => (await fileInPod(path)) ?? authority(path) }
}

interface DeploymentSpec {
  readonly spec?: { readonly template?: PodTemplate }
}

/** Pull secrets of the namespace's Deployments: the probe's image can be in the same private registry. */
async function pullSecretsOf(
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly { readonly name: string }[]> {
  const kind = { apiVersion: 'apps/v1', kind: 'Deployment' }
  const deployments = (await listIfAllowed(client, kind, { namespace }, signal)) ?? []
  const names = deployments.flatMap((deployment) => {
    const { spec } = deployment as DeploymentSpec // the API's own form
    return (spec?.template?.spec?.imagePullSecrets ?? []).map(({ name }) => name)
  })
  return [...new Set(names)].map((name) => ({ name }))
}

/** A pod for a nonexistent node would stay pending. Without permission to read nodes, the time limit ends the wait. */
async function requireNode(client: KubernetesClient, name: string, signal: AbortSignal): Promise<void> {
  try {
    const node = await getObject(client, { apiVersion: 'v1', kind: 'Node' }, { name }, signal)
    if (node === undefined) refuse('vantage.absent', `the node ${name} does not exist`)
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
    const configMap = await ifAllowed(getObject(client, kind, { namespace, name: 'kube-root-ca.crt' }, signal))
    const text: unknown = Reflect.get(Object(configMap?.data), 'ca.crt')
    return typeof text === 'string' ? text : undefined
  }
