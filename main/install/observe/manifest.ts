import { parseAllDocuments } from 'yaml'
import type { ObjectReference } from '../../../preload/contract/words.ts'
import { type KubernetesObject, nameOf, referenceOf } from './kubernetes-object.ts'

/** The objects of a rendered manifest, in order. Documents that are not objects are skipped, as Helm does. */
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

/** Cluster-scoped kinds that charts of a plane may contain. */
const clusterScoped = new Set([
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

/** The reference of an object of a release: with the release's namespace if the chart sets none. */
export const referenceIn = (object: KubernetesObject, namespace: string): ObjectReference =>
  clusterScoped.has(object.kind ?? '')
    ? { kind: object.kind ?? '', name: nameOf(object) }
    : referenceOf(object, namespace)

/** The same with the API version, which requests need. */
export interface NamespacedReference extends ObjectReference {
  readonly apiVersion: string
}

export const namespacedReference = (object: KubernetesObject, namespace: string): NamespacedReference => ({
  apiVersion: object.apiVersion ?? '',
  ...referenceIn(object, namespace),
})

/** Helm does not delete such an object when it uninstalls the release. */
export const isKept = (object: KubernetesObject): boolean =>
  object.metadata?.annotations?.['helm.sh/resource-policy'] === 'keep'
