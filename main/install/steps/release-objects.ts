import type { StepObject, WaitingOn } from '../../../preload/contract/operations.ts'
import { assess, isCustomResource } from '../../health/assess.ts'
import type { KubernetesObject } from '../../health/object.ts'
import type { NamespacedReference } from '../observe/manifest.ts'
import { type DesiredObject, kindsWithReadiness, owns, type Snapshot, same } from '../observe/waiting.ts'
import { type ContainerOfPod, unfinishedContainersOf } from './container-log.ts'

const shownAtMost = 60

const podsOf = (workload: KubernetesObject, { objects }: Snapshot): KubernetesObject[] =>
  objects.filter((each) => each.kind === 'Pod' && owns(workload, each))

function rowOf(object: KubernetesObject, depth: StepObject['depth'], nowMs: number): StepObject {
  const { kind, metadata } = object
  const { health, reason } = assess(object, nowMs)
  const { name, namespace } = metadata
  return { object: { kind, name, ...(namespace !== undefined && { namespace }) }, depth, health, reason }
}

type TreeObject = DesiredObject & Partial<Pick<NamespacedReference, 'apiVersion'>>

const isCustom = ({ apiVersion = '' }: TreeObject): boolean => isCustomResource(apiVersion)

/** Kinds of two groups can have one name. A rendered reference of a cluster-scoped kind has the namespace of its release. */
const isLive = (reference: TreeObject, object: KubernetesObject): boolean =>
  reference.kind === object.kind &&
  reference.name === object.metadata.name &&
  (object.metadata.namespace === undefined || object.metadata.namespace === reference.namespace) &&
  reference.apiVersion?.split('/')[0] === object.apiVersion.split('/')[0]

/**
 * Pure: the objects of a release that take time to become ready, in the chart's order, each with its pods below it; at most 60.
 * `custom`: its custom resources in the cluster. One that is deleted after its work is left out once it is gone.
 */
export function releaseObjects(
  desired: readonly TreeObject[],
  snapshot: Snapshot,
  custom: Snapshot['objects'],
  nowMs: number,
): StepObject[] {
  const rows = desired
    .filter((each) => kindsWithReadiness.has(each.kind) || isCustom(each))
    .flatMap((reference): StepObject[] => {
      const object = isCustom(reference)
        ? custom.find((each) => isLive(reference, each))
        : snapshot.objects.find((each) => same(reference, each))
      if (object !== undefined)
        return [rowOf(object, 0, nowMs), ...podsOf(object, snapshot).map((pod) => rowOf(pod, 1, nowMs))]
      const { kind, namespace, name, isTransient } = reference
      if (isTransient) return []
      return [{ object: { kind, namespace, name }, depth: 0, health: 'missing', reason: 'Not created yet' }]
    })
  return rows.slice(0, shownAtMost)
}

/** Pure: the container whose log explains why the first of these objects waits: one that failed, or else one that is not ready. */
export function waitingContainer([first]: readonly WaitingOn[], snapshot: Snapshot): ContainerOfPod | undefined {
  const object = first && snapshot.objects.find((each) => same(first.object, each))
  if (object === undefined) return undefined
  const pods = object.kind === 'Pod' ? [object] : podsOf(object, snapshot)
  const found = pods.flatMap((pod) =>
    unfinishedContainersOf(pod)
      .filter(({ isReady }) => !isReady)
      .map(({ container, previous, state }) => {
        return { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container, previous, state }
      }),
  )
  return found.find(({ state }) => state === 'failed') ?? found[0]
}
