import { Problem } from '../../../preload/contract/problem.ts'
import type { ObjectReference } from '../../../preload/contract/words.ts'
import { documentValue, parseDocuments, type YamlDocuments, type YamlLimits } from '../../lib/yaml-documents.ts'
import { type KubernetesObject, nameOf, numberAt, referenceOf } from './kubernetes-object.ts'

/** The largest known chart renders 150,000 values; the schemas of its custom resources have 40 levels. */
const manifestLimits: YamlLimits = { characters: 20_000_000, values: 500_000, depth: 100, aliases: 1_000 }

/**
 * The objects of a rendered manifest, in order. Documents that are not objects are skipped, as Helm does. Throws HELM_FAILED
 * beyond the limits.
 */
export function parseManifest(text: string): KubernetesObject[] {
  const { documents, errors } = parseDocuments(text, undefined, manifestLimits)
  const limit = errors.find(({ code }) => code === 'LIMIT')
  if (limit !== undefined) throw new Problem('HELM_FAILED', `A manifest can have ${limit.message}.`)
  const objects: KubernetesObject[] = []
  for (const document of documents) {
    const value = contentOf(document)
    if (isObject(value)) objects.push(...(value.kind === 'List' && Array.isArray(value.items) ? value.items : [value]))
  }
  return objects
}

function contentOf(document: YamlDocuments['documents'][number]): unknown {
  try {
    return documentValue(document, manifestLimits)
  } catch (error) {
    throw new Problem('HELM_FAILED', 'The aliases of a manifest cannot be read.', '', { cause: error })
  }
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

/** Helm creates hooks at one moment of an install and deletes many of them again. They are not part of the running release. */
export const isHook = (object: KubernetesObject): boolean =>
  object.metadata?.annotations?.['helm.sh/hook'] !== undefined

/** Kubernetes deletes a Job with a TTL once it has finished: https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/ */
const hasTtl = (object: KubernetesObject): boolean =>
  object.kind === 'Job' && numberAt(object, 'spec', 'ttlSecondsAfterFinished') !== undefined

/** An object of a release, and how long it exists. */
export interface ReleaseObject extends NamespacedReference {
  readonly isHook: boolean
  /** It may be deleted after its work is done, so its absence is no fault. */
  readonly isTransient: boolean
}

export const releaseObject = (object: KubernetesObject, namespace: string): ReleaseObject => ({
  ...namespacedReference(object, namespace),
  isHook: isHook(object),
  isTransient: isHook(object) || hasTtl(object),
})

/** Helm does not delete such an object when it uninstalls the release. */
export const isKept = (object: KubernetesObject): boolean =>
  object.metadata?.annotations?.['helm.sh/resource-policy'] === 'keep'
