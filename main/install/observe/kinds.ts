import { Problem } from '../../../preload/contract/problem.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { isForbidden } from '../../lib/kubernetes/failure.ts'
import { listObjects, type Selection } from '../../lib/kubernetes/objects.ts'
import type { Kind, KubernetesObject } from '../../lib/kubernetes/resources.ts'

/** The kinds that Hangar itself reads or creates during an install; helm handles all others. */
export const kinds = {
  namespace: { apiVersion: 'v1', kind: 'Namespace' },
  secret: { apiVersion: 'v1', kind: 'Secret' },
  claim: { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  node: { apiVersion: 'v1', kind: 'Node' },
  pod: { apiVersion: 'v1', kind: 'Pod' },
  lease: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
  storageClass: { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
  helmRelease: { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' },
  ociRepository: { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'OCIRepository' },
} as const satisfies Record<string, Kind>

/** Undefined if this user is not permitted to list the kind; empty if the cluster does not serve it. */
export async function listIfAllowed(
  client: KubernetesClient,
  kind: Kind,
  selection: Selection,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[] | undefined> {
  try {
    return await listObjects(client, kind, selection, signal)
  } catch (error) {
    if (isForbidden(error)) return undefined
    if (isKindUnknown(error)) return []
    throw error
  }
}

/** The cluster does not serve the custom resource. */
export const isKindUnknown = (error: unknown): boolean => error instanceof Problem && error.code === 'KIND_UNKNOWN'
