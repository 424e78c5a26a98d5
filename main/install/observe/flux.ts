import type { Wanted as Applied } from '../../lib/kubernetes/apply.ts'
import { type DesiredRelease, marks } from '../plan/desired.ts'
import { nullPaths } from '../plan/values.ts'
import type { Json } from '../ports.ts'
import { kinds } from './kinds.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { asJson, at, conditionOf, numberAt, textAt } from './kubernetes-object.ts'

const sourceInterval = '10m'
const releaseInterval = '10m'
const keptRevisions = 5

const metadataOf = ({ name, namespace, desired }: DesiredRelease, profile: string) => ({
  name,
  namespace,
  labels: { [marks.profile]: profile },
  annotations: { [marks.desired]: desired },
})

export const ociRepository = (release: DesiredRelease, profile: string): Applied => ({
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
 * `retry`: asks helm-controller to try once more although nothing in the spec changed; a token that it hands back.
 * The three names are pinned: left out, helm-controller would make a second release beside one that is there.
 */
export const helmRelease = (release: DesiredRelease, profile: string, retry?: string): Applied => {
  const metadata = metadataOf(release, profile)
  const asked = retry && {
    'reconcile.fluxcd.io/requestedAt': retry,
    'reconcile.fluxcd.io/resetAt': retry,
    'reconcile.fluxcd.io/forceAt': retry,
  }
  return {
    ...kinds.helmRelease,
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...asked } },
    spec: {
      interval: releaseInterval,
      timeout: `${release.timeoutSeconds}s`,
      releaseName: release.name,
      targetNamespace: release.namespace,
      storageNamespace: release.namespace,
      chartRef: { kind: 'OCIRepository', name: release.name },
      maxHistory: keptRevisions,
      install: { crds: 'CreateReplace' },
      upgrade: { crds: 'CreateReplace' },
      values: release.values,
    },
  }
}

/** Nulls of the wanted values that the API server did not keep: the chart's defaults would come back. */
export function lostNulls(values: Json, applied: KubernetesObject): string[] {
  const kept = new Set(nullPaths(asJson(at(applied, 'spec', 'values'))))
  return nullPaths(values).filter((path) => !kept.has(path))
}

type FluxState = 'absent' | 'working' | 'ready' | 'failed'

export interface FluxFound {
  readonly state: FluxState
  readonly reason: string
  /** What of it was applied; undefined where it is not of Hangar. */
  readonly desired?: string
  readonly profile?: string
  readonly revision?: string
}

/**
 * Pure. `token`: that of the retry that was asked for, if any. "Failed" only where helm-controller will do nothing more
 * by itself, or says that the release itself failed; a source that is not there yet is waited for.
 */
export function readHelmRelease(object: KubernetesObject | undefined, token?: string): FluxFound {
  if (object === undefined) return { state: 'absent', reason: 'not there yet' }
  const history = Reflect.get(Object(at(object, 'status', 'history')), 0)
  const version = numberAt(history, 'version')
  const found = {
    desired: object.metadata?.annotations?.[marks.desired],
    profile: object.metadata?.labels?.[marks.profile],
    revision: version === undefined ? undefined : `${textAt(history, 'chartVersion') ?? ''}, revision ${version}`,
  }
  const seen =
    numberAt(object, 'status', 'observedGeneration') === object.metadata?.generation &&
    (token === undefined || textAt(object, 'status', 'lastHandledReconcileAt') === token)
  if (!seen) return { ...found, state: 'working', reason: 'helm-controller has not looked at it yet' }
  const ready = conditionOf(object, 'Ready')
  const stalled = conditionOf(object, 'Stalled')
  const say = (condition: typeof ready) => [condition?.reason, condition?.message].filter(Boolean).join(': ')
  if (ready?.status === 'True') return { ...found, state: 'ready', reason: say(ready) }
  // The release's own failure says more than that it will not be tried again.
  if (ready?.status === 'False' && /^(Install|Upgrade|Rollback|Uninstall|Test)Failed$/.test(ready.reason)) {
    return { ...found, state: 'failed', reason: say(ready) }
  }
  if (stalled?.status === 'True') return { ...found, state: 'failed', reason: say(stalled) }
  return { ...found, state: 'working', reason: say(ready) || 'helm-controller is at work' }
}
