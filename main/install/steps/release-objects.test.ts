import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../health/object.ts'
import { releaseObjects, waitingContainer } from './release-objects.ts'

const now = Date.parse('2026-03-01T12:01:00Z')
const created = '2026-03-01T12:00:00Z'
const deployment: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'agent', namespace: 'a', generation: 1, creationTimestamp: created },
  spec: { replicas: 1 },
  status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
}
const pod = (name: string, containerStatuses: readonly object[]): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'a',
    creationTimestamp: created,
    ownerReferences: [{ kind: 'ReplicaSet', name: 'agent-5f6d' }],
  },
  spec: { containers: [{ name: 'main' }] },
  status: { phase: 'Running', containerStatuses },
})
const running = { name: 'main', ready: false, state: { running: {} } }
const ready = { name: 'proxy', ready: true, state: { running: {} } }
const failed = { name: 'main', ready: false, state: { terminated: { exitCode: 3 } } }
const crashing = { name: 'main', ready: false, state: { waiting: {} }, lastState: { terminated: { exitCode: 1 } } }
const starting = { name: 'main', ready: false, state: { waiting: { reason: 'ContainerCreating' } } }

const reference = { kind: 'Deployment', namespace: 'a', name: 'agent' }

describe('the objects of a release', () => {
  it('are those that become ready, with their pods below them, and those that do not exist yet', () => {
    const desired = [
      { kind: 'ConfigMap', namespace: 'a', name: 'words' },
      reference,
      { kind: 'StatefulSet', namespace: 'a', name: 'store' },
      { kind: 'Job', namespace: 'a', name: 'migrate', isTransient: true },
    ]
    const objects = [deployment, pod('agent-5f6d-x7k2p', [starting])]
    const rows = releaseObjects(desired, { objects, events: [] }, [], now)
    expect(rows.map(({ object, depth, health }) => [object.kind, object.name, depth, health])).toEqual([
      ['Deployment', 'agent', 0, 'progressing'],
      ['Pod', 'agent-5f6d-x7k2p', 1, 'progressing'],
      ['StatefulSet', 'store', 0, 'missing'],
    ])
  })

  it('are custom resources, too, each with the health of its kind', () => {
    const certificate = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', namespace: 'a', name: 'tls' }
    const store = { apiVersion: 'external-secrets.io/v1', kind: 'ClusterSecretStore', namespace: 'a', name: 'vault' }
    const desired = [
      certificate,
      { ...certificate, name: 'later' },
      store,
      { ...certificate, apiVersion: 'other.io/v1' },
    ]
    const condition = (status: string) => ({
      conditions: [{ type: 'Ready', status, reason: 'Pending', message: 'waits' }],
    })
    const live = ({ apiVersion, kind, name }: typeof certificate, status: string, namespace?: string) => ({
      apiVersion,
      kind,
      metadata: { name, creationTimestamp: created, ...(namespace && { namespace }) },
      status: condition(status),
    })
    const custom = [live(certificate, 'False', 'a'), live(store, 'True')]
    const rows = releaseObjects(desired, { objects: [], events: [] }, custom, now)
    expect(rows.map(({ object, health }) => `${object.kind} ${object.name} ${health}`)).toEqual([
      'Certificate tls degraded',
      'Certificate later missing',
      'ClusterSecretStore vault healthy',
      'Certificate tls missing',
    ])
  })

  it('are at most 60', () => {
    const objects = Array.from({ length: 80 }, (_, index) => pod(`agent-5f6d-${index}`, []))
    expect(releaseObjects([reference], { objects: [deployment, ...objects], events: [] }, [], now)).toHaveLength(60)
  })
})

describe('the container whose log explains why an object waits', () => {
  const waiting = [{ object: reference, why: '', since: created }]
  it.each<[string, readonly (readonly object[])[], string | undefined]>([
    ['runs without being ready', [[ready, running]], 'one main'],
    ['has failed', [[failed]], 'one main'],
    ['is the one that failed, before one that only runs', [[running], [failed]], 'two main'],
    ['runs again after a failure: the log before it', [[crashing]], 'one main previous'],
    ['is none while it was not started', [[starting]], undefined],
    ['is none of a pod that is ready', [[ready]], undefined],
  ])('%s', (_, statuses, expected) => {
    const objects = [deployment, ...statuses.map((status, index) => pod(index === 0 ? 'one' : 'two', status))]
    const found = waitingContainer(waiting, { objects, events: [] })
    const text = found && [found.pod, found.container, ...(found.previous ? ['previous'] : [])].join(' ')
    expect(text).toBe(expected)
  })

  it('is none if nothing waits', () => {
    expect(waitingContainer([], { objects: [deployment, pod('one', [failed])], events: [] })).toBeUndefined()
  })
})
