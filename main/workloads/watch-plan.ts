import type { Component, Profile } from '../../preload/contract/profiles.ts'

/** One collection to follow. */
export interface WatchTarget {
  readonly kind: string
  /** Empty for the core group. The cluster says which of its versions it serves. */
  readonly group: string
  /** Absent for kinds that have none. */
  readonly namespace?: string
  /** Absent: all of the namespace. */
  readonly name?: string
}

export interface WatchPlan {
  /** The plane's own: everything in them that is followed is shown. */
  readonly namespaces: readonly string[]
  readonly targets: readonly WatchTarget[]
  /** Kinds of the profile's parts that cannot be followed, with the reason. */
  readonly unfollowed: ReadonlyMap<string, string>
}

interface KnownKind {
  readonly group: string
  readonly scope: 'namespaced' | 'cluster'
}

const flux = { group: 'source.toolkit.fluxcd.io', scope: 'namespaced' } as const
const gatewayApi = { group: 'gateway.networking.k8s.io', scope: 'namespaced' } as const

/** A profile names parts by kind alone; these are the groups meant. */
const knownKinds: Readonly<Record<string, KnownKind>> = {
  Pod: { group: '', scope: 'namespaced' },
  Service: { group: '', scope: 'namespaced' },
  PersistentVolumeClaim: { group: '', scope: 'namespaced' },
  Namespace: { group: '', scope: 'cluster' },
  Node: { group: '', scope: 'cluster' },
  Deployment: { group: 'apps', scope: 'namespaced' },
  StatefulSet: { group: 'apps', scope: 'namespaced' },
  DaemonSet: { group: 'apps', scope: 'namespaced' },
  ReplicaSet: { group: 'apps', scope: 'namespaced' },
  Job: { group: 'batch', scope: 'namespaced' },
  CronJob: { group: 'batch', scope: 'namespaced' },
  Ingress: { group: 'networking.k8s.io', scope: 'namespaced' },
  StorageClass: { group: 'storage.k8s.io', scope: 'cluster' },
  CustomResourceDefinition: { group: 'apiextensions.k8s.io', scope: 'cluster' },
  APIService: { group: 'apiregistration.k8s.io', scope: 'cluster' },
  HelmRelease: { group: 'helm.toolkit.fluxcd.io', scope: 'namespaced' },
  OCIRepository: flux,
  HelmRepository: flux,
  HelmChart: flux,
  GitRepository: flux,
  Kustomization: { group: 'kustomize.toolkit.fluxcd.io', scope: 'namespaced' },
  Certificate: { group: 'cert-manager.io', scope: 'namespaced' },
  Issuer: { group: 'cert-manager.io', scope: 'namespaced' },
  ClusterIssuer: { group: 'cert-manager.io', scope: 'cluster' },
  Gateway: gatewayApi,
  HTTPRoute: gatewayApi,
  GRPCRoute: gatewayApi,
  GatewayClass: { ...gatewayApi, scope: 'cluster' },
  ExternalSecret: { group: 'external-secrets.io', scope: 'namespaced' },
  SecretStore: { group: 'external-secrets.io', scope: 'namespaced' },
  ClusterSecretStore: { group: 'external-secrets.io', scope: 'cluster' },
}

/** Followed in every namespace of the plane, whatever its profile names. No Secrets and no ConfigMaps: never read. */
const everywhere = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'Service',
  'PersistentVolumeClaim',
  'HelmRelease',
  'OCIRepository',
] as const

/** The groups that every cluster serves; of others the cluster is asked first. */
export const builtInVersions: Readonly<Record<string, string>> = {
  '': 'v1',
  apps: 'apps/v1',
  batch: 'batch/v1',
  'networking.k8s.io': 'networking.k8s.io/v1',
  'storage.k8s.io': 'storage.k8s.io/v1',
  'apiextensions.k8s.io': 'apiextensions.k8s.io/v1',
  'apiregistration.k8s.io': 'apiregistration.k8s.io/v1',
}

/**
 * What to follow for a plane: all of its own namespaces; of other namespaces and of kinds without one, the named parts
 * alone, as they may hold a whole cluster's worth of objects.
 */
export function planWatch(profile: Pick<Profile, 'components' | 'releases' | 'logSources'>): WatchPlan {
  const { components, releases, logSources } = profile
  const ours = components.filter(isInstalled).flatMap(({ parts }) => parts.flatMap(({ namespace }) => namespace ?? []))
  const namespaces = [...new Set([...releases, ...logSources].map(({ namespace }) => namespace).concat(ours))].sort()

  const unfollowed = new Map<string, string>()
  const targets = new Map<string, WatchTarget>()
  const add = (target: WatchTarget): void => {
    targets.set(targetKey(target), target)
  }
  for (const namespace of namespaces) {
    for (const kind of everywhere) add({ kind, group: knownKinds[kind]?.group ?? '', namespace })
  }
  for (const { kind, namespace, name } of components.flatMap(({ parts }) => parts)) {
    const known = knownKinds[kind]
    if (known === undefined) {
      unfollowed.set(kind, `Hangar does not follow objects of kind ${kind}`)
    } else if (known.scope === 'cluster') {
      add({ kind, group: known.group, name })
    } else if (namespace === undefined || namespaces.includes(namespace)) {
      for (const own of namespace === undefined ? namespaces : [namespace]) {
        add({ kind, group: known.group, namespace: own })
      }
    } else {
      add({ kind, group: known.group, namespace, name })
    }
  }
  return { namespaces, targets: [...targets.values()], unfollowed }
}

export function targetKey({ kind, group, namespace = '', name = '' }: WatchTarget): string {
  return `${kind}.${group}/${namespace}/${name}`
}

function isInstalled({ providedBy }: Component): boolean {
  return providedBy === 'release' || providedBy === 'flux'
}
