import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../health/object.ts'
import { sayWaiting, waitingOn } from './waiting.ts'

const now = Date.parse('2026-03-01T12:01:00Z')
const created = '2026-03-01T12:00:00Z'
const wanted = [
  { kind: 'ConfigMap', namespace: 'a', name: 'words' },
  { kind: 'Deployment', namespace: 'a', name: 'agent' },
]

const deployment = (ready: number): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'agent', namespace: 'a', generation: 1, creationTimestamp: created },
  spec: { replicas: 1 },
  status: {
    observedGeneration: 1,
    replicas: 1,
    updatedReplicas: 1,
    availableReplicas: ready,
    readyReplicas: ready,
    conditions: [
      { type: 'Available', status: ready === 1 ? 'True' : 'False', lastTransitionTime: created },
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', lastTransitionTime: created },
    ],
  },
})

const pod = (owner: string, waiting?: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${owner}-x7k2p`,
    namespace: 'a',
    creationTimestamp: created,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: '1' }],
  },
  spec: { containers: [{ name: 'main' }] },
  status: { phase: 'Pending', containerStatuses: waiting ? [{ name: 'main', state: { waiting } }] : [] },
})

const event = (kind: string, name: string, reason: string, message: string): KubernetesObject =>
  ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e', namespace: 'a', creationTimestamp: created },
    involvedObject: { kind, name },
    reason,
    message,
  }) as KubernetesObject // an event's own fields are no object's

describe('what a release waits for', () => {
  it('is nothing when its workloads are ready; a ConfigMap is never waited for', () => {
    expect(waitingOn(wanted, { objects: [deployment(1)], events: [] }, now)).toEqual([])
  })

  it('is a workload that is not there yet', () => {
    const [first] = waitingOn(wanted, { objects: [], events: [] }, now)
    expect(first).toMatchObject({ object: { kind: 'Deployment', name: 'agent' }, why: 'not there yet' })
  })

  it('is said with the pod that is worst off, and why', () => {
    const refused = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "none"' }
    const objects = [
      deployment(0),
      pod('agent-5f6d'),
      pod('agent-7c8b', refused),
      pod('agent-two-99', { reason: 'Other' }),
    ]
    const waiting = waitingOn(wanted, { objects, events: [] }, now)
    expect(waiting).toHaveLength(1)
    expect(sayWaiting(waiting)).toMatch(
      /^Deployment agent: 0 of 1 .*; pod agent-7c8b-x7k2p: ImagePullBackOff: Back-off/,
    )
    expect(waiting[0]?.since).toBe(created)
  })

  it('is said with the newest warning where no pod says what is wrong', () => {
    const events = [
      event('Deployment', 'agent', 'ReplicaSetCreateError', 'exceeded quota: small'),
      event('Deployment', 'another', 'Failed', 'not about this one'),
    ]
    const [first] = waitingOn(wanted, { objects: [deployment(0)], events }, now)
    expect(first?.why).toContain('ReplicaSetCreateError: exceeded quota: small')
  })

  it('puts what has waited longest first, twenty at most', () => {
    const many = Array.from({ length: 30 }, (_, index) => ({
      kind: 'PersistentVolumeClaim',
      namespace: 'a',
      name: `c${index}`,
    }))
    const objects = many.map(
      ({ kind, namespace, name }, index): KubernetesObject => ({
        apiVersion: 'v1',
        kind,
        metadata: { namespace, name, creationTimestamp: new Date(now - index * 1_000).toISOString() },
        status: { phase: 'Pending' },
      }),
    )
    const waiting = waitingOn(many, { objects, events: [] }, now)
    expect(waiting.map(({ object }) => object.name)).toEqual(Array.from({ length: 20 }, (_, index) => `c${29 - index}`))
  })
})
