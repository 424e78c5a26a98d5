/** A kind whose status the test writes, because no controller for it runs. */
export interface TorturedKind {
  readonly kind: string
  readonly plural: string
  readonly group: string
  readonly version: string
}

const kind = (name: string, plural: string, group: string, version = 'v1'): TorturedKind => ({
  kind: name,
  plural,
  group,
  version,
})

const source = 'source.toolkit.fluxcd.io'

const certificates = 'cert-manager.io'
const secrets = 'external-secrets.io'

export const torturedKinds: readonly TorturedKind[] = [
  kind('HelmRelease', 'helmreleases', 'helm.toolkit.fluxcd.io', 'v2'),
  kind('OCIRepository', 'ocirepositories', source),
  kind('HelmRepository', 'helmrepositories', source),
  kind('HelmChart', 'helmcharts', source),
  kind('GitRepository', 'gitrepositories', source),
  kind('Kustomization', 'kustomizations', 'kustomize.toolkit.fluxcd.io'),
  kind('Certificate', 'certificates', certificates),
  kind('Issuer', 'issuers', certificates),
  kind('ExternalSecret', 'externalsecrets', secrets),
  kind('SecretStore', 'secretstores', secrets),
]

/** Kinds that are followed as well, without objects. */
export const emptyKinds: readonly string[] = [
  'CronJob',
  'Ingress',
  'NetworkPolicy',
  'ReplicationController',
  'ResourceQuota',
  'VolumeSnapshot',
  'Gateway',
  'HTTPRoute',
  'GRPCRoute',
]

/** Its definition, which accepts any content. */
export const definitionOf = ({ kind: name, plural, group, version }: TorturedKind) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: name, plural, singular: name.toLowerCase(), listKind: `${name}List` },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        subresources: { status: {} },
      },
    ],
  },
})

export const collectionPath = ({ group, version, plural }: TorturedKind, namespace?: string): string =>
  `/apis/${group}/${version}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}`
