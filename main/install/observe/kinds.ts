import type { Kind } from '../../lib/kubernetes/resources.ts'

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
