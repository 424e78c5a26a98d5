import type { DesiredObject as ObjectToApply } from '../../lib/kubernetes/apply.ts'
import type { Json } from '../../lib/rules/substitution.ts'
import { labelKeys } from '../labels.ts'
import { kinds } from '../observe/kinds.ts'
import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import { asJson, at } from '../observe/kubernetes-object.ts'
import type { DesiredRelease } from './desired.ts'
import { pathsOfNulls } from './values.ts'

const sourceInterval = '10m'
const releaseInterval = '10m'
const maxHistory = 5

const metadataOf = ({ name, namespace, contentDigest }: DesiredRelease, profile: string) => ({
  name,
  namespace,
  labels: { [labelKeys.profile]: profile },
  annotations: { [labelKeys.contentDigest]: contentDigest },
})

export const ociRepository = (release: DesiredRelease, profile: string): ObjectToApply => ({
  ...kinds.ociRepository,
  metadata: metadataOf(release, profile),
  spec: {
    interval: sourceInterval,
    url: release.source?.url ?? '',
    ...(release.source?.tag && { ref: { tag: release.source.tag } }),
    ...(release.source?.insecure && { insecure: true }),
  },
})

/**
 * `retryToken`: makes helm-controller try again although the spec is unchanged; its status repeats the token.
 * The three names are set because helm-controller would otherwise create a second release beside an existing one.
 */
export const helmRelease = (release: DesiredRelease, profile: string, retryToken?: string): ObjectToApply => {
  const metadata = metadataOf(release, profile)
  const retry = retryToken && {
    'reconcile.fluxcd.io/requestedAt': retryToken,
    'reconcile.fluxcd.io/resetAt': retryToken,
    'reconcile.fluxcd.io/forceAt': retryToken,
  }
  return {
    ...kinds.helmRelease,
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...retry } },
    spec: {
      interval: releaseInterval,
      timeout: `${release.timeoutSeconds}s`,
      releaseName: release.name,
      targetNamespace: release.namespace,
      storageNamespace: release.namespace,
      chartRef: { kind: 'OCIRepository', name: release.name },
      maxHistory,
      install: { crds: 'CreateReplace' },
      upgrade: { crds: 'CreateReplace' },
      values: release.values,
    },
  }
}

/** Nulls in the desired values that the API server dropped: the chart's defaults would apply again. */
export function droppedNulls(values: Json, applied: KubernetesObject): string[] {
  const preserved = new Set(pathsOfNulls(asJson(at(applied, 'spec', 'values'))))
  return pathsOfNulls(values).filter((path) => !preserved.has(path))
}
