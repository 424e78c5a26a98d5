import type { Component, Profile } from '../../preload/contract/profiles.ts'

/** A collection to follow. */
export interface WatchTarget {
  readonly kind: string
  /** Empty for the core group. The version comes from the cluster's discovery. */
  readonly group: string
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string
  /** Absent: all objects of the namespace. */
  readonly name?: string
  /** No part of the profile is among them: one that the user cannot read is no fault. */
  readonly isOptional?: boolean
}

export interface WatchPlan {
  /** The plane's own namespaces: all followed objects in them are shown. */
  readonly namespaces: readonly string[]
  readonly targets: readonly WatchTarget[]
  /** Kinds in the profile that cannot be followed, with the reason. */
  readonly unfollowed: ReadonlyMap<string, string>
}

interface KnownKind {
  readonly group: string
  readonly scope: 'namespaced' | 'cluster'
}

const flux = { group: 'source.toolkit.fluxcd.io', scope: 'namespaced' } as const
const gatewayApi = { group: 'gateway.networking.k8s.io', scope: 'namespaced' } as const

/** A profile names parts by kind alone; these are their groups. */
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
  NetworkPolicy: { group: 'networking.k8s.io', scope: 'namespaced' },
  HorizontalPodAutoscaler: { group: 'autoscaling', scope: 'namespaced' },
  PodDisruptionBudget: { group: 'policy', scope: 'namespaced' },
  ResourceQuota: { group: '', scope: 'namespaced' },
  ReplicationController: { group: '', scope: 'namespaced' },
  PersistentVolume: { group: '', scope: 'cluster' },
  VolumeAttachment: { group: 'storage.k8s.io', scope: 'cluster' },
  VolumeSnapshot: { group: 'snapshot.storage.k8s.io', scope: 'namespaced' },
  VolumeSnapshotContent: { group: 'snapshot.storage.k8s.io', scope: 'cluster' },
  ValidatingWebhookConfiguration: { group: 'admissionregistration.k8s.io', scope: 'cluster' },
  MutatingWebhookConfiguration: { group: 'admissionregistration.k8s.io', scope: 'cluster' },
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

/** Followed in every namespace of the plane. Secrets and ConfigMaps are never read. */
const alwaysFollowed = [
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

/** Followed there too, where the user can read them. */
const followedWherePermitted = ['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'Ingress'] as const

/** Versions of the groups that every cluster serves; those of other groups come from discovery. */
export const builtInVersions: Readonly<Record<string, string>> = {
  '': 'v1',
  apps: 'apps/v1',
  batch: 'batch/v1',
  autoscaling: 'autoscaling/v2',
  policy: 'policy/v1',
  'networking.k8s.io': 'networking.k8s.io/v1',
  'admissionregistration.k8s.io': 'admissionregistration.k8s.io/v1',
  'storage.k8s.io': 'storage.k8s.io/v1',
  'apiextensions.k8s.io': 'apiextensions.k8s.io/v1',
  'apiregistration.k8s.io': 'apiregistration.k8s.io/v1',
}

/**
 * The collections to follow for a plane: all of its own namespaces. In other namespaces, and of cluster-scoped kinds, only
 * the named parts, because there may be thousands of objects.
 */
export function planWatch(profile: Pick<Profile, 'components' | 'releases' | 'logSources'>): WatchPlan {
  const { components, releases, logSources } = profile
  const installedNamespaces = components
    .filter(isInstalled)
    .flatMap(({ parts }) => parts.flatMap(({ namespace }) => namespace ?? []))
  const namespaces = [
    ...new Set([...releases, ...logSources].map(({ namespace }) => namespace).concat(installedNamespaces)),
  ].sort()

  const unfollowed = new Map<string, string>()
  const targets = new Map<string, WatchTarget>()
  const add = (target: WatchTarget): void => {
    targets.set(targetKey(target), target)
  }
  for (const namespace of namespaces) {
    for (const kind of alwaysFollowed) add({ kind, group: knownKinds[kind]?.group ?? '', namespace })
    for (const kind of followedWherePermitted)
      add({ kind, group: knownKinds[kind]?.group ?? '', namespace, isOptional: true })
  }
  for (const { kind, namespace, name } of components.flatMap(({ parts }) => parts)) {
    const knownKind = knownKinds[kind]
    if (knownKind === undefined) {
      unfollowed.set(kind, `Hangar does not follow objects of kind ${kind}`)
    } else if (knownKind.scope === 'cluster') {
      add({ kind, group: knownKind.group, name })
    } else if (namespace === undefined || namespaces.includes(namespace)) {
      for (const each of namespace === undefined ? namespaces : [namespace]) {
        add({ kind, group: knownKind.group, namespace: each })
      }
    } else {
      add({ kind, group: knownKind.group, namespace, name })
    }
  }
  return { namespaces, targets: [...targets.values()], unfollowed }
}

/** Targets of the same kind together, in the order of their first. */
export const targetsByKind = (targets: readonly WatchTarget[]): readonly (readonly WatchTarget[])[] => [
  ...Map.groupBy(targets, ({ kind, group }) => `${kind}.${group}`).values(),
]

export function targetKey({ kind, group, namespace = '', name = '' }: WatchTarget): string {
  return `${kind}.${group}/${namespace}/${name}`
}

function isInstalled({ providedBy }: Component): boolean {
  return providedBy === 'release' || providedBy === 'flux'
}
