import { containerStatuses, lastingStatuses, sidecarsIn } from './containers.ts'
import { countIn, listIn, numberIn } from './fields.ts'
import { groupOf, type KubernetesObject, type Subject, subjectOf } from './object.ts'

/** How many parts are ready: replicas, nodes or containers. */
export interface Counts {
  readonly ready?: number
  readonly total?: number
  readonly restarts?: number
}

const counters: Readonly<Record<string, (object: Subject) => Counts>> = {
  'Pod.': ({ spec, status }) => {
    const all = lastingStatuses({ spec, status })
    // As kubectl counts: before the kubelet has seen the pod, only its spec names the containers.
    const planned = listIn(spec, 'containers').length + sidecarsIn(spec).size
    return {
      ready: all.filter(({ ready }) => ready === true).length,
      total: Math.max(planned, all.length),
      restarts: containerStatuses(status).reduce((sum, container) => sum + countIn(container, 'restartCount'), 0),
    }
  },
  'Deployment.apps': ({ spec, status }) => ({
    ready: countIn(status, 'readyReplicas'),
    total: numberIn(spec, 'replicas') ?? 1,
  }),
  'StatefulSet.apps': ({ spec, status }) => ({
    ready: countIn(status, 'readyReplicas'),
    total: numberIn(spec, 'replicas') ?? 1,
  }),
  'ReplicaSet.apps': ({ spec, status }) => ({
    ready: countIn(status, 'readyReplicas'),
    total: numberIn(spec, 'replicas') ?? 1,
  }),
  'ReplicationController.': ({ spec, status }) => ({
    ready: countIn(status, 'readyReplicas'),
    total: numberIn(spec, 'replicas') ?? 1,
  }),
  'DaemonSet.apps': ({ status }) => ({
    ready: countIn(status, 'numberReady'),
    total: countIn(status, 'desiredNumberScheduled'),
  }),
  'Job.batch': ({ spec, status }) => ({
    ready: countIn(status, 'succeeded'),
    total: numberIn(spec, 'completions') ?? 1,
  }),
}

export function counts(object: KubernetesObject): Counts {
  return counters[`${object.kind}.${groupOf(object.apiVersion)}`]?.(subjectOf(object)) ?? {}
}
