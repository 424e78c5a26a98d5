import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from './client.ts'
import { isNotFound } from './failure.ts'

/** An object as the API server sends it: the fields of every kind, and the rest untyped. */
export interface KubernetesObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  [field: string]: unknown
}

interface ObjectMeta {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[]
  [field: string]: unknown
}

/** The identity of a kind of object. */
export interface Kind {
  readonly apiVersion: string
  readonly kind: string
}

/** A kind as the API server serves it. */
export interface ResourceType extends Kind {
  readonly plural: string
  readonly namespaced: boolean
}

export interface ServedResource extends ResourceType {
  readonly verbs: readonly string[]
}

/** Names one object; a namespace is ignored for kinds that have none. */
export interface ObjectName {
  readonly namespace?: string
  readonly name: string
}

/** Path of a collection, or of one object. Without a namespace: of all namespaces. */
export function resourcePath(
  type: ResourceType,
  at: { readonly namespace?: string; readonly name?: string } = {},
): string {
  const root = type.apiVersion.includes('/') ? `/apis/${type.apiVersion}` : `/api/${type.apiVersion}`
  const within = type.namespaced && at.namespace ? `/namespaces/${encodeURIComponent(at.namespace)}` : ''
  const name = at.name === undefined ? '' : `/${encodeURIComponent(at.name)}`
  return `${root}${within}/${type.plural}${name}`
}

/** The kinds that every cluster has: they need no discovery. */
const core: readonly ResourceType[] = [
  ...types('v1', [
    'ConfigMap',
    'Endpoints',
    'Event',
    'PersistentVolumeClaim',
    'Pod',
    'Secret',
    'Service',
    'ServiceAccount',
  ]),
  ...types('v1', ['LimitRange', 'ReplicationController', 'ResourceQuota']),
  ...types('v1', ['Namespace', 'Node', 'PersistentVolume'], 'cluster'),
  ...types('apps/v1', ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']),
  ...types('batch/v1', ['CronJob', 'Job']),
  ...types('networking.k8s.io/v1', ['Ingress', 'NetworkPolicy']),
  ...types('networking.k8s.io/v1', ['IngressClass'], 'cluster'),
  ...types('policy/v1', ['PodDisruptionBudget']),
  ...types('autoscaling/v2', ['HorizontalPodAutoscaler']),
  ...types('coordination.k8s.io/v1', ['Lease']),
  ...types('discovery.k8s.io/v1', ['EndpointSlice']),
  ...types('rbac.authorization.k8s.io/v1', ['Role', 'RoleBinding']),
  ...types('rbac.authorization.k8s.io/v1', ['ClusterRole', 'ClusterRoleBinding'], 'cluster'),
  ...types('storage.k8s.io/v1', ['StorageClass', 'CSIDriver'], 'cluster'),
  ...types('apiextensions.k8s.io/v1', ['CustomResourceDefinition'], 'cluster'),
  ...types(
    'admissionregistration.k8s.io/v1',
    ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
    'cluster',
  ),
  ...types('authorization.k8s.io/v1', ['SelfSubjectAccessReview', 'SelfSubjectRulesReview'], 'cluster'),
]

function types(
  apiVersion: string,
  kinds: readonly string[],
  scope: 'cluster' | 'namespaced' = 'namespaced',
): ResourceType[] {
  return kinds.map((kind) => ({ apiVersion, kind, plural: pluralOf(kind), namespaced: scope === 'namespaced' }))
}

function pluralOf(kind: string): string {
  const word = kind.toLowerCase()
  if (word === 'endpoints') return word
  if (/(s|x|ch|sh)$/.test(word)) return `${word}es`
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`
}

const keyOf = ({ apiVersion, kind }: Kind): string => `${apiVersion}/${kind}`
const preseeded = new Map(core.map((type) => [keyOf(type), type]))
const discovered = new WeakMap<KubernetesClient, Map<string, ResourceType>>()

/**
 * How the cluster serves a kind; discovered once per client and cached. A kind that was missing is discovered again,
 * because its definition may have been installed since. Throws KIND_UNKNOWN.
 */
export async function findResource(client: KubernetesClient, kind: Kind, signal: AbortSignal): Promise<ResourceType> {
  const known = preseeded.get(keyOf(kind)) ?? discovered.get(client)?.get(keyOf(kind))
  if (known !== undefined) return known
  for (const type of await servedResources(client, kind.apiVersion, signal)) remember(client, type)
  const type = discovered.get(client)?.get(keyOf(kind))
  if (type !== undefined) return type
  throw new Problem('KIND_UNKNOWN', `The cluster has no kind ${kind.kind} in ${kind.apiVersion}.`)
}

function remember(client: KubernetesClient, type: ResourceType): void {
  const known = discovered.get(client) ?? new Map<string, ResourceType>()
  discovered.set(client, known.set(keyOf(type), type))
}

interface ApiResourceList {
  readonly resources?: readonly {
    readonly name: string
    readonly kind: string
    readonly namespaced: boolean
    readonly verbs?: readonly string[]
  }[]
}

/** The resources of one API version, without subresources such as `pods/log`; none if the cluster does not serve it. */
export async function servedResources(
  client: KubernetesClient,
  apiVersion: string,
  signal: AbortSignal,
): Promise<ServedResource[]> {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  try {
    const { resources = [] } = await client.request<ApiResourceList>('GET', root, {}, signal)
    return resources
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced, verbs = [] }) => ({ apiVersion, kind, plural: name, namespaced, verbs }))
  } catch (error) {
    if (isNotFound(error)) return []
    throw error
  }
}
