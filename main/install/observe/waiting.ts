import type { WaitingOn } from '../../../preload/contract/operations.ts'
import type { ObjectReference } from '../../../preload/contract/words.ts'
import { assess } from '../../health/assess.ts'
import type { KubernetesObject as AssessedObject } from '../../health/object.ts'
import { listAt, textAt } from './kubernetes-object.ts'

/** What the cluster showed at one moment, of the namespaces of a release. */
export interface Snapshot {
  readonly objects: readonly AssessedObject[]
  /** Warnings only. */
  readonly events: readonly AssessedObject[]
}

/** Kinds that take time to become ready; all else is there once it exists. */
const watched = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Pod', 'Service', 'PersistentVolumeClaim'])
const shownAtMost = 20
const eventLimit = 300

const same = (a: ObjectReference, b: AssessedObject): boolean =>
  a.kind === b.kind && a.name === b.metadata.name && a.namespace === b.metadata.namespace

/** A Deployment's pods are its ReplicaSets', whose names are the Deployment's and a hash. */
const owns = (workload: AssessedObject, pod: AssessedObject): boolean =>
  pod.metadata.namespace === workload.metadata.namespace &&
  listAt(pod, 'metadata', 'ownerReferences').some((owner) => {
    const name = textAt(owner, 'name') ?? ''
    return workload.kind === 'Deployment'
      ? textAt(owner, 'kind') === 'ReplicaSet' && name.replace(/-[^-]+$/, '') === workload.metadata.name
      : textAt(owner, 'kind') === workload.kind && name === workload.metadata.name
  })

const isSettled = (health: string): boolean => health === 'healthy' || health === 'suspended'

/** The newest warning about an object or what it made. */
function warning(names: ReadonlySet<string>, events: readonly AssessedObject[]): string | undefined {
  const about = events
    .filter((event) =>
      names.has(`${textAt(event, 'involvedObject', 'kind')}/${textAt(event, 'involvedObject', 'name')}`),
    )
    .sort((a, b) => timeOf(a).localeCompare(timeOf(b)))
    .at(-1)
  if (about === undefined) return undefined
  return `${textAt(about, 'reason') ?? ''}: ${textAt(about, 'message') ?? ''}`.slice(0, eventLimit)
}

const timeOf = (event: AssessedObject): string =>
  textAt(event, 'lastTimestamp') ?? textAt(event, 'eventTime') ?? event.metadata.creationTimestamp ?? ''

function explain(object: AssessedObject, { objects, events }: Snapshot, nowMs: number): WaitingOn | undefined {
  const own = assess(object, nowMs)
  if (isSettled(own.health)) return undefined
  const pods = objects.filter((pod) => pod.kind === 'Pod' && owns(object, pod))
  const troubled = pods
    .map((pod) => ({ pod, state: assess(pod, nowMs) }))
    .filter(({ state }) => !isSettled(state.health))
    // The one that is worst off says most.
    .sort((a, b) => Number(b.state.health === 'degraded') - Number(a.state.health === 'degraded'))
    .at(0)
  const names = new Set([object, ...pods].map(({ kind, metadata }) => `${kind}/${metadata.name}`))
  const about = troubled ? `pod ${troubled.pod.metadata.name}: ${troubled.state.reason}` : undefined
  // An event adds something where no pod says what is wrong.
  const event = troubled?.state.health === 'degraded' ? undefined : warning(names, events)
  const { kind, metadata } = object
  return {
    object: { kind, name: metadata.name, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) },
    why: [own.reason, about, event].filter((part) => part !== undefined).join('; '),
    since: own.since ?? metadata.creationTimestamp ?? new Date(nowMs).toISOString(),
  }
}

/**
 * Of the objects that a release should have, those that are not ready, longest waiting first; at most 20.
 * Pure: `wanted` as rendered, `snapshot` as the cluster shows it.
 */
export function waitingOn(wanted: readonly ObjectReference[], snapshot: Snapshot, nowMs: number): WaitingOn[] {
  return wanted
    .filter(({ kind }) => watched.has(kind))
    .flatMap((reference) => {
      const object = snapshot.objects.find((candidate) => same(reference, candidate))
      if (object) return explain(object, snapshot, nowMs) ?? []
      const { kind, namespace, name } = reference
      return [{ object: { kind, namespace, name }, why: 'not there yet', since: new Date(nowMs).toISOString() }]
    })
    .sort((a, b) => a.since.localeCompare(b.since))
    .slice(0, shownAtMost)
}

/** `Deployment agent: 0 of 1 ready; pod agent-x: …`, one line each. */
export const sayWaiting = (waiting: readonly WaitingOn[]): string =>
  waiting.map(({ object: { kind, name }, why }) => `${kind} ${name}: ${why}`).join('\n')
