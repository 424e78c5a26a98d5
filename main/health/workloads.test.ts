import { describe, expect, it } from 'vitest'
import { assess } from './assess.ts'
import { counts } from './counts.ts'
import type { Fields } from './fields.ts'
import { ago, nowMs, sample } from './sample.ts'

type Case = readonly [why: string, spec: Fields, status: Fields, health: string, reason: string]

const condition = (type: string, status: string, reason = '', message = '', seconds = 60) => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: ago(seconds),
})
const complete = condition('Progressing', 'True', 'NewReplicaSetAvailable', 'done')
const rolling = condition('Progressing', 'True', 'ReplicaSetUpdated', 'rolling')
const available = condition('Available', 'True', 'MinimumReplicasAvailable')
const unavailable = (seconds: number) => condition('Available', 'False', 'MinimumReplicasUnavailable', '', seconds)
const replicas = (made: number, updated = made, ready = updated, free = ready) => ({
  replicas: made,
  updatedReplicas: updated,
  readyReplicas: ready,
  availableReplicas: free,
})

const tables: Record<string, [apiVersion: string, kind: string, cases: readonly Case[]]> = {
  'a Deployment': [
    'apps/v1',
    'Deployment',
    [
      [
        'is healthy when all are available',
        { replicas: 2, progressDeadlineSeconds: 600 },
        { ...replicas(2), conditions: [complete, available] },
        'healthy',
        '2 available',
      ],
      [
        'is healthy scaled to none',
        { replicas: 0, progressDeadlineSeconds: 600 },
        { conditions: [complete, available] },
        'healthy',
        '0 available',
      ],
      ['is progressing without a status', {}, {}, 'progressing', '0 of 1 replicas created'],
      [
        'is progressing while replicas are made',
        { replicas: 3 },
        { ...replicas(1), conditions: [rolling] },
        'progressing',
        '1 of 3 replicas created',
      ],
      [
        'is progressing while replicas are updated',
        { replicas: 3 },
        { ...replicas(3, 1), conditions: [rolling] },
        'progressing',
        '1 of 3 replicas updated',
      ],
      [
        'is progressing while old replicas end',
        { replicas: 2 },
        { ...replicas(3, 2), conditions: [rolling] },
        'progressing',
        '1 old replicas are terminating',
      ],
      [
        'is progressing until updated ones are available',
        { replicas: 2 },
        { ...replicas(2, 2, 2, 1), conditions: [rolling] },
        'progressing',
        '1 of 2 updated replicas available',
      ],
      [
        'is progressing until its rollout is complete',
        { replicas: 1, progressDeadlineSeconds: 600 },
        { ...replicas(1), conditions: [rolling, available] },
        'progressing',
        'The new ReplicaSet is not available yet',
      ],
      [
        'needs no complete rollout without a deadline',
        { replicas: 1, progressDeadlineSeconds: 2_147_483_647 },
        { ...replicas(1), conditions: [available] },
        'healthy',
        '1 available',
      ],
      [
        'is progressing until it is available',
        { replicas: 1 },
        { ...replicas(1), conditions: [complete] },
        'progressing',
        'Not available yet',
      ],
      [
        'is degraded past its deadline',
        { replicas: 1 },
        {
          ...replicas(1, 1, 0),
          conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'has timed out')],
        },
        'degraded',
        'ProgressDeadlineExceeded: has timed out',
      ],
      [
        'is degraded when it may not make pods',
        { replicas: 1 },
        { conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota')] },
        'degraded',
        'FailedCreate: exceeded quota',
      ],
      [
        'is progressing just after it lost its last replica',
        { replicas: 1 },
        { ...replicas(1, 1, 0), conditions: [complete, unavailable(3)] },
        'progressing',
        '0 of 1 updated replicas available',
      ],
      [
        'is degraded when it stays without one',
        { replicas: 1 },
        { ...replicas(1, 1, 0), conditions: [complete, unavailable(15)] },
        'degraded',
        '0 of 1 updated replicas available',
      ],
      [
        'is progressing up, not lost, before its rollout was complete',
        { replicas: 1 },
        { ...replicas(1, 1, 0), conditions: [rolling, unavailable(99)] },
        'progressing',
        '0 of 1 updated replicas available',
      ],
      ['is suspended while paused', { paused: true }, replicas(1), 'suspended', 'Its rollout is paused'],
    ],
  ],
  'a StatefulSet': [
    'apps/v1',
    'StatefulSet',
    [
      [
        'is healthy when all are ready and of one revision',
        { replicas: 2 },
        { ...replicas(2), currentRevision: 'a', updateRevision: 'a' },
        'healthy',
        '2 ready',
      ],
      [
        'is progressing while replicas are made',
        { replicas: 3 },
        { replicas: 1 },
        'progressing',
        '1 of 3 replicas created',
      ],
      [
        'is progressing until they are ready',
        { replicas: 2 },
        { replicas: 2, readyReplicas: 1 },
        'progressing',
        '1 of 2 replicas ready',
      ],
      [
        'is progressing while some end',
        { replicas: 1 },
        { replicas: 2, readyReplicas: 2 },
        'progressing',
        '1 replicas are terminating',
      ],
      [
        'is progressing between revisions',
        { replicas: 2 },
        { ...replicas(2, 1, 2), currentRevision: 'a', updateRevision: 'b' },
        'progressing',
        '1 of 2 replicas updated',
      ],
      [
        'is healthy when updated down to its partition',
        { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
        { ...replicas(3, 1, 3), currentRevision: 'a', updateRevision: 'b' },
        'healthy',
        '3 ready',
      ],
      [
        'is progressing above its partition',
        { replicas: 3, updateStrategy: { rollingUpdate: { partition: 1 } } },
        { ...replicas(3, 1, 3), currentRevision: 'a', updateRevision: 'b' },
        'progressing',
        '1 of 2 replicas updated',
      ],
      [
        'is healthy behind, when only a person updates it',
        { replicas: 1, updateStrategy: { type: 'OnDelete' } },
        { ...replicas(1, 0, 1), currentRevision: 'a', updateRevision: 'b' },
        'healthy',
        '1 ready',
      ],
    ],
  ],
  'a DaemonSet': [
    'apps/v1',
    'DaemonSet',
    [
      ['is progressing until it was looked at', {}, {}, 'progressing', 'Its controller has not observed it yet'],
      [
        'is healthy when ready on all nodes',
        {},
        {
          observedGeneration: 1,
          desiredNumberScheduled: 2,
          currentNumberScheduled: 2,
          updatedNumberScheduled: 2,
          numberAvailable: 2,
          numberReady: 2,
        },
        'healthy',
        'Ready on 2 nodes',
      ],
      [
        'is progressing until updated everywhere',
        {},
        {
          observedGeneration: 1,
          desiredNumberScheduled: 2,
          currentNumberScheduled: 2,
          updatedNumberScheduled: 1,
          numberAvailable: 2,
          numberReady: 2,
        },
        'progressing',
        'updated on 1 of 2 nodes',
      ],
      [
        'is progressing until available everywhere',
        {},
        {
          observedGeneration: 1,
          desiredNumberScheduled: 2,
          currentNumberScheduled: 2,
          updatedNumberScheduled: 2,
          numberReady: 1,
        },
        'progressing',
        'available on 0 of 2 nodes',
      ],
      [
        'is healthy behind, when only a person updates it',
        { updateStrategy: { type: 'OnDelete' } },
        {
          observedGeneration: 1,
          desiredNumberScheduled: 1,
          currentNumberScheduled: 1,
          numberAvailable: 1,
          numberReady: 1,
        },
        'healthy',
        'Ready on 1 nodes',
      ],
      [
        'is healthy where no node wants it',
        {},
        { observedGeneration: 1, desiredNumberScheduled: 0 },
        'healthy',
        'Ready on 0 nodes',
      ],
    ],
  ],
  'a ReplicaSet': [
    'apps/v1',
    'ReplicaSet',
    [
      ['is healthy scaled to none', { replicas: 0 }, {}, 'healthy', 'Scaled to zero'],
      [
        'is healthy when all are ready',
        { replicas: 1 },
        { replicas: 1, fullyLabeledReplicas: 1, availableReplicas: 1, readyReplicas: 1 },
        'healthy',
        '1 ready',
      ],
      [
        'is degraded when they are not available within the limit',
        { replicas: 1 },
        { replicas: 1, fullyLabeledReplicas: 1 },
        'degraded',
        'Incomplete for over 10 min: 0 of 1 replicas available',
      ],
      ['is progressing while some end', { replicas: 0 }, { replicas: 1 }, 'progressing', '1 replicas are terminating'],
      [
        'is degraded when it may not make pods',
        { replicas: 1 },
        { conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', 'quota')] },
        'degraded',
        'FailedCreate: quota',
      ],
    ],
  ],
  'a Job': [
    'batch/v1',
    'Job',
    [
      ['is progressing before it starts', {}, {}, 'progressing', 'Waiting to start'],
      ['is progressing while it runs', {}, { active: 1 }, 'progressing', '1 running'],
      ['says what failed before', {}, { active: 1, failed: 2 }, 'progressing', '1 running, 2 failed before'],
      ['is healthy when complete', {}, { conditions: [condition('Complete', 'True')] }, 'healthy', 'Complete'],
      [
        'is degraded when failed',
        {},
        { conditions: [condition('Failed', 'True', 'BackoffLimitExceeded', 'too often')] },
        'degraded',
        'BackoffLimitExceeded: too often',
      ],
      ['is suspended', { suspend: true }, { conditions: [condition('Suspended', 'True')] }, 'suspended', 'Suspended'],
    ],
  ],
}

for (const [name, [apiVersion, kind, cases]] of Object.entries(tables)) {
  describe(name, () => {
    it.each(cases)('%s', (_, spec, status, health, reason) => {
      const object = sample(apiVersion, kind, { metadata: { generation: 1 }, spec, status })

      expect(assess(object, nowMs)).toMatchObject({ health, reason })
    })

    it('is progressing until its controller has observed the latest change, even if it was healthy', () => {
      const [, spec = {}, status = {}] = cases.find(([, , , health]) => health === 'healthy') ?? []
      const object = sample(apiVersion, kind, {
        metadata: { generation: 2 },
        spec,
        status: { ...status, observedGeneration: 1 },
      })

      expect(assess(object, nowMs)).toMatchObject({
        health: 'progressing',
        reason: 'Its controller has not observed the latest change yet',
      })
    })
  })
}

describe('counts', () => {
  it('counts ready containers and all restarts of a pod', () => {
    const status = {
      initContainerStatuses: [{ ready: true, restartCount: 1 }],
      containerStatuses: [{ ready: true, restartCount: 2 }, { ready: false }],
    }

    expect(counts(sample('v1', 'Pod', { status }))).toEqual({ ready: 1, total: 2, restarts: 3 })
  })

  it('counts the containers of the spec before the kubelet reports any', () => {
    const spec = { initContainers: [{ name: 'migrate' }], containers: [{ name: 'a' }, { name: 'b' }] }

    expect(counts(sample('v1', 'Pod', { spec, status: { phase: 'Pending' } }))).toMatchObject({ ready: 0, total: 2 })
  })

  it('counts native sidecars, which run as long as the pod, and no other init containers', () => {
    const spec = { initContainers: [{ name: 'migrate' }, { name: 'proxy', restartPolicy: 'Always' }] }
    const status = {
      initContainerStatuses: [
        { name: 'migrate', ready: true, restartCount: 1 },
        { name: 'proxy', ready: true, restartCount: 2 },
      ],
      containerStatuses: [{ name: 'a', ready: false }],
    }

    expect(counts(sample('v1', 'Pod', { spec, status }))).toEqual({ ready: 1, total: 2, restarts: 3 })
  })

  it('counts one desired replica where the number is left out, and nothing of a ConfigMap', () => {
    expect(counts(sample('apps/v1', 'Deployment'))).toEqual({ ready: 0, total: 1 })
    expect(counts(sample('v1', 'ConfigMap'))).toEqual({})
  })
})
