import { parseAllDocuments } from 'yaml'
import type { ObjectReference } from '../../../preload/contract/words.ts'
import { type KubernetesObject, nameOf, referenceOf } from '../observe/kubernetes-object.ts'

/** The objects of a rendered manifest, in order. A document that is no object is passed over, as Helm does with empty ones. */
export function parseManifest(text: string): KubernetesObject[] {
  const documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false })
  const objects: KubernetesObject[] = []
  for (const document of Array.isArray(documents) ? documents : []) {
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    if (isObject(value)) objects.push(...(value.kind === 'List' && Array.isArray(value.items) ? value.items : [value]))
  }
  return objects
}

const isObject = (value: unknown): value is KubernetesObject =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'kind') === 'string'

/** Kinds of Kubernetes' own and of the parts of a plane that belong to no namespace. */
const clusterWide = new Set([
  'APIService',
  'CSIDriver',
  'ClusterIssuer',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'GatewayClass',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
])

/** Names the object as it will stand in the cluster, where the chart left its namespace out. */
export const placedReference = (object: KubernetesObject, namespace: string): ObjectReference =>
  clusterWide.has(object.kind ?? '')
    ? { kind: object.kind ?? '', name: nameOf(object) }
    : referenceOf(object, namespace)

/** The same, with what the API server needs to find it. */
export interface Placed extends ObjectReference {
  readonly apiVersion: string
}

export const placed = (object: KubernetesObject, namespace: string): Placed => ({
  apiVersion: object.apiVersion ?? '',
  ...placedReference(object, namespace),
})

/** Helm leaves such an object when it uninstalls the release. */
export const isKept = (object: KubernetesObject): boolean =>
  object.metadata?.annotations?.['helm.sh/resource-policy'] === 'keep'
