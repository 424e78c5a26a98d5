import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../health/object.ts'
import { releaseObject } from './manifest.ts'
import { formatWaiting, waitingOn } from './waiting.ts'

const now = Date.parse('2026-03-01T12:01:00Z')
const created = '2026-03-01T12:00:00Z'
const desired = [
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
  }) as KubernetesObject // the type has no fields of events

const job = (spec: object): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate', namespace: 'a', creationTimestamp: created },
  spec,
})
/** As a chart renders it. */
const asChart = (object: KubernetesObject) => ({ ...object })
const hook = (spec: object): KubernetesObject => {
  const { metadata, ...rest } = job(spec)
  return { ...rest, metadata: { ...metadata, annotations: { 'helm.sh/hook': 'post-install' } } }
}

describe('the objects that a release waits for', () => {
  it('are none when its workloads are ready; a ConfigMap is never waited for', () => {
    expect(waitingOn(desired, { objects: [deployment(1)], events: [] }, now)).toEqual([])
  })

  it.each([
    ['a hook that helm has deleted', hook({})],
    ['a Job with a TTL that Kubernetes has deleted', job({ ttlSecondsAfterFinished: 60 })],
  ])('do not include %s', (_, object) => {
    expect(waitingOn([releaseObject(asChart(object), 'a')], { objects: [], events: [] }, now)).toEqual([])
  })

  it('include a hook and a Job with a TTL that exist and are not complete', () => {
    const status = { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: '' }] }
    const existing = [{ ...job({ ttlSecondsAfterFinished: 60 }), status }]
    const both = [hook({}), job({ ttlSecondsAfterFinished: 60 })].map((object) => releaseObject(asChart(object), 'a'))
    expect(both.map((each) => waitingOn([each], { objects: existing, events: [] }, now))).toEqual([
      [expect.objectContaining({ object: { kind: 'Job', namespace: 'a', name: 'migrate' } })],
      [expect.objectContaining({ object: { kind: 'Job', namespace: 'a', name: 'migrate' } })],
    ])
  })

  it('include a Job without a TTL that does not exist', () => {
    expect(waitingOn([releaseObject(asChart(job({})), 'a')], { objects: [], events: [] }, now)).toHaveLength(1)
  })

  it('include a workload that is not created yet', () => {
    const [first] = waitingOn(desired, { objects: [], events: [] }, now)
    expect(first).toMatchObject({ object: { kind: 'Deployment', name: 'agent' }, why: 'not created yet' })
  })

  it('are reported with the degraded pod and its reason', () => {
    const refused = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "none"' }
    const objects = [
      deployment(0),
      pod('agent-5f6d'),
      pod('agent-7c8b', refused),
      pod('agent-two-99', { reason: 'Other' }),
    ]
    const waiting = waitingOn(desired, { objects, events: [] }, now)
    expect(waiting).toHaveLength(1)
    expect(formatWaiting(waiting)).toMatch(
      /^Deployment agent: 0 of 1 .*; pod agent-7c8b-x7k2p: ImagePullBackOff: Back-off/,
    )
    expect(waiting[0]?.since).toBe(created)
  })

  it('are reported with the latest warning if no pod is degraded', () => {
    const events = [
      event('Deployment', 'agent', 'ReplicaSetCreateError', 'exceeded quota: small'),
      event('Deployment', 'another', 'Failed', 'not about this one'),
    ]
    const [first] = waitingOn(desired, { objects: [deployment(0)], events }, now)
    expect(first?.why).toContain('ReplicaSetCreateError: exceeded quota: small')
  })

  it('are sorted by how long they have waited, twenty at most', () => {
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
