import type { WaitingOn } from '../../../preload/contract/operations.ts'
import type { ObjectReference } from '../../../preload/contract/words.ts'
import { assess } from '../../health/assess.ts'
import type { KubernetesObject as AssessedObject } from '../../health/object.ts'
import { listAt, textAt } from './kubernetes-object.ts'
import type { ReleaseObject } from './manifest.ts'

/** The workloads of a release's namespaces at one moment. */
export interface Snapshot {
  readonly objects: readonly AssessedObject[]
  /** Warnings only. */
  readonly events: readonly AssessedObject[]
}

/** Kinds that take time to become ready. Others are ready once they exist. */
export const kindsWithReadiness: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'Pod',
  'Service',
  'PersistentVolumeClaim',
])
export type DesiredObject = ObjectReference & Partial<Pick<ReleaseObject, 'isTransient'>>

const shownAtMost = 20
const eventLimit = 300

export const same = (a: ObjectReference, b: AssessedObject): boolean =>
  a.kind === b.kind && a.name === b.metadata.name && a.namespace === b.metadata.namespace

/** A Deployment owns its pods through ReplicaSets, whose names are the Deployment's name and a hash. */
export const owns = (workload: AssessedObject, pod: AssessedObject): boolean =>
  pod.metadata.namespace === workload.metadata.namespace &&
  listAt(pod, 'metadata', 'ownerReferences').some((owner) => {
    const name = textAt(owner, 'name') ?? ''
    return workload.kind === 'Deployment'
      ? textAt(owner, 'kind') === 'ReplicaSet' && name.replace(/-[^-]+$/, '') === workload.metadata.name
      : textAt(owner, 'kind') === workload.kind && name === workload.metadata.name
  })

const isSettled = (health: string): boolean => health === 'healthy' || health === 'suspended'

/** The latest warning about one of the objects. */
function latestWarning(names: ReadonlySet<string>, events: readonly AssessedObject[]): string | undefined {
  const latest = events
    .filter((event) =>
      names.has(`${textAt(event, 'involvedObject', 'kind')}/${textAt(event, 'involvedObject', 'name')}`),
    )
    .sort((a, b) => timeOf(a).localeCompare(timeOf(b)))
    .at(-1)
  if (latest === undefined) return undefined
  return `${textAt(latest, 'reason') ?? ''}: ${textAt(latest, 'message') ?? ''}`.slice(0, eventLimit)
}

const timeOf = (event: AssessedObject): string =>
  textAt(event, 'lastTimestamp') ?? textAt(event, 'eventTime') ?? event.metadata.creationTimestamp ?? ''

function explain(object: AssessedObject, { objects, events }: Snapshot, nowMs: number): WaitingOn | undefined {
  const state = assess(object, nowMs)
  if (isSettled(state.health)) return undefined
  const pods = objects.filter((pod) => pod.kind === 'Pod' && owns(object, pod))
  const worstPod = pods
    .map((pod) => ({ pod, state: assess(pod, nowMs) }))
    .filter(({ state: podState }) => !isSettled(podState.health))
    // A degraded pod explains more than one that is still starting.
    .sort((a, b) => Number(b.state.health === 'degraded') - Number(a.state.health === 'degraded'))
    .at(0)
  const names = new Set([object, ...pods].map(({ kind, metadata }) => `${kind}/${metadata.name}`))
  const podReason = worstPod ? `pod ${worstPod.pod.metadata.name}: ${worstPod.state.reason}` : undefined
  // A degraded pod's own reason already explains the problem.
  const event = worstPod?.state.health === 'degraded' ? undefined : latestWarning(names, events)
  const { kind, metadata } = object
  return {
    object: { kind, name: metadata.name, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) },
    why: [state.reason, podReason, event].filter((part) => part !== undefined).join('; '),
    since: state.since ?? metadata.creationTimestamp ?? new Date(nowMs).toISOString(),
  }
}

/**
 * The objects of a release that are not ready, longest waiting first; at most 20.
 * Pure: `desired` from the rendered chart, `snapshot` from the cluster.
 */
export function waitingOn(desired: readonly DesiredObject[], snapshot: Snapshot, nowMs: number): WaitingOn[] {
  return desired
    .filter(({ kind }) => kindsWithReadiness.has(kind))
    .flatMap((reference) => {
      const object = snapshot.objects.find((candidate) => same(reference, candidate))
      if (object) return explain(object, snapshot, nowMs) ?? []
      const { kind, namespace, name, isTransient } = reference
      if (isTransient) return []
      return [{ object: { kind, namespace, name }, why: 'not created yet', since: new Date(nowMs).toISOString() }]
    })
    .sort((a, b) => a.since.localeCompare(b.since))
    .slice(0, shownAtMost)
}

/** `Deployment agent: 0 of 1 ready; pod agent-x: …`, one line each. */
export const formatWaiting = (waiting: readonly WaitingOn[]): string =>
  waiting.map(({ object: { kind, name }, why }) => `${kind} ${name}: ${why}`).join('\n')
