import { describe, expect, it } from 'vitest'
import { Component } from '../../preload/contract/profiles.ts'
import type { KubernetesObject } from '../lib/kubernetes/resources.ts'
import { PlaneObjects } from './plane-objects.ts'
import { restartShownMs } from './state-history.ts'

const nowMs = Date.parse('2026-03-01T12:00:00Z')
const component = Component.parse({
  id: 'gateway',
  title: 'Gateway',
  summary: '',
  providedBy: 'release',
  parts: [{ kind: 'Deployment', namespace: 'plane', name: 'gateway' }],
})
const pods = { kind: 'Pod', group: '', namespace: 'plane' }
const sets = { kind: 'ReplicaSet', group: 'apps', namespace: 'plane' }
const deployments = { kind: 'Deployment', group: 'apps', namespace: 'plane' }
const foreign = { kind: 'Pod', group: '', namespace: 'other' }

const object = (kind: string, name: string, more: Record<string, unknown> = {}, owner?: string): KubernetesObject => ({
  apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
  kind,
  metadata: {
    name,
    namespace: 'plane',
    uid: name,
    generation: 1,
    ownerReferences: owner
      ? [{ apiVersion: 'apps/v1', kind: 'X', name: owner, uid: owner, controller: true }]
      : undefined,
  },
  ...more,
})

const ready = { type: 'Ready', status: 'True' }
const running = (restarts = 0) => ({
  status: {
    phase: 'Running',
    conditions: [ready],
    containerStatuses: [
      {
        name: 'main',
        ready: true,
        restartCount: restarts,
        lastState: restarts > 0 ? { terminated: { exitCode: 137, finishedAt: '2026-03-01T11:59:59Z' } } : {},
      },
    ],
  },
})
const set = (replicas: number) =>
  object(
    'ReplicaSet',
    'set',
    {
      spec: { replicas },
      status: { replicas, readyReplicas: replicas, availableReplicas: replicas, fullyLabeledReplicas: replicas },
    },
    'gateway',
  )
const deployment = (readyReplicas: number, generation = 1) => {
  const made = object('Deployment', 'gateway', {
    spec: { replicas: 1 },
    status: {
      observedGeneration: generation,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas,
      availableReplicas: readyReplicas,
      conditions: [{ type: 'Available', status: readyReplicas > 0 ? 'True' : 'False' }],
    },
  })
  return { ...made, metadata: { ...made.metadata, generation } }
}
const board = () => new PlaneObjects([component], ['plane'])

describe('the objects of a plane', () => {
  it('assign a pod to the component of its owners, in whatever order they arrive', () => {
    const it = board()
    it.replace(pods, [object('Pod', 'pod', running(), 'set')], nowMs)
    expect(it.takeChanges().changed.map(({ component: id }) => id)).toEqual([undefined])

    it.replace(deployments, [deployment(1)], nowMs)
    it.replace(sets, [set(1)], nowMs)
    const { changed } = it.takeChanges()

    expect(changed.find(({ kind }) => kind === 'Pod')?.component).toBe('gateway')
    expect(it.components()[0]).toMatchObject({ health: 'healthy', objects: ['gateway'] })
  })

  it('name the owner that is shown: a pod of a superseded ReplicaSet is below its Deployment', () => {
    const it = board()
    it.replace(deployments, [deployment(1)], nowMs)
    it.replace(sets, [set(1)], nowMs)
    it.replace(pods, [object('Pod', 'pod', running(), 'set'), object('Pod', 'stray', running(), 'unknown')], nowMs)
    const owners = () => Object.fromEntries(it.takeChanges().changed.map(({ uid, owner }) => [uid, owner]))
    expect(owners()).toEqual({ gateway: undefined, set: 'gateway', pod: 'set', stray: undefined })

    it.put(sets, set(0), nowMs)
    expect(owners()).toEqual({ pod: 'gateway' })

    it.put(sets, set(1), nowMs)
    expect(owners()).toEqual({ set: 'gateway', pod: 'set' })
  })

  it('name the image of the first container, of pods and of what makes them', () => {
    const it = board()
    const containers = [{ name: 'main', image: 'registry.test/a:1' }, { image: 'registry.test/sidecar:2' }]
    const template = { spec: { containers } }
    it.put(pods, object('Pod', 'pod', { spec: { containers } }), nowMs)
    it.put(deployments, object('Deployment', 'gateway', { spec: { replicas: 1, template } }), nowMs)
    const jobTemplate = { spec: { template: { spec: { containers: [{ image: 'x'.repeat(900) }] } } } }
    const cronJobs = { kind: 'CronJob', group: 'batch', namespace: 'plane' }
    it.put(cronJobs, { ...object('CronJob', 'nightly', { spec: { jobTemplate } }), apiVersion: 'batch/v1' }, nowMs)

    const images = Object.fromEntries(it.takeChanges().changed.map(({ uid, image }) => [uid, image]))

    expect(images).toEqual({ pod: 'registry.test/a:1', gateway: 'registry.test/a:1', nightly: 'x'.repeat(500) })
  })

  it('report an object once however often it changed, and not at all without a visible change', () => {
    const it = board()
    it.put(pods, object('Pod', 'pod', { status: { phase: 'Pending' } }), nowMs)
    it.put(pods, object('Pod', 'pod', running()), nowMs)
    expect(it.takeChanges().changed).toMatchObject([{ uid: 'pod', health: 'healthy' }])

    it.put(pods, object('Pod', 'pod', { ...running(), data: 'of no interest' }), nowMs)

    expect(it.takeChanges()).toMatchObject({ changed: [], removed: [] })
    expect(it.hasChanges).toBe(false)
  })

  it('drop objects that a new list of their collection lacks', () => {
    const it = board()
    it.replace(pods, [object('Pod', 'a', running()), object('Pod', 'b', running())], nowMs)
    it.replace(sets, [set(1)], nowMs)
    it.takeChanges()

    it.replace(pods, [object('Pod', 'b', running())], nowMs)

    expect(it.takeChanges()).toMatchObject({ changed: [], removed: ['a'] })
    expect(it.objects().map(({ uid }) => uid)).toEqual(['b', 'set'])
  })

  it('do not report an object that was created and deleted between two reports', () => {
    const it = board()
    it.put(pods, object('Pod', 'brief', running()), nowMs)
    it.remove(pods, 'brief')

    expect(it.takeChanges()).toMatchObject({ changed: [], removed: [] })
  })

  it('hide superseded ReplicaSets and objects of other planes', () => {
    const it = board()
    it.put(sets, set(0), nowMs)
    const elsewhere = object('Pod', 'elsewhere', running())
    it.put(foreign, { ...elsewhere, metadata: { ...elsewhere.metadata, namespace: 'other' } }, nowMs)

    expect(it.takeChanges().changed).toEqual([])
  })

  it('show a restart for a while, even if the pod was never observed down', () => {
    const it = board()
    it.put(pods, object('Pod', 'pod', running(0)), nowMs)
    it.put(pods, object('Pod', 'pod', running(1)), nowMs)
    expect(it.takeChanges().changed).toMatchObject([
      { health: 'degraded', reason: 'Restarted a moment ago; main ended with exit code 137' },
    ])
    expect(it.nextRecheckMs()).toBe(nowMs + restartShownMs)

    it.recheck(nowMs + restartShownMs)

    expect(it.takeChanges().changed).toMatchObject([{ health: 'healthy', restarts: 1 }])
    expect(it.nextRecheckMs()).toBeUndefined()
  })

  it('ignore restarts from before the first observation', () => {
    const it = board()
    it.put(pods, object('Pod', 'pod', running(7)), nowMs)

    expect(it.takeChanges().changed).toMatchObject([{ health: 'healthy', restarts: 7 }])
  })

  it('report an outage when a ready workload has no ready replica left', () => {
    const it = board()
    it.put(deployments, deployment(1), nowMs)
    it.put(deployments, deployment(0), nowMs)

    expect(it.takeChanges().changed).toMatchObject([{ health: 'degraded', since: '2026-03-01T12:00:00.000Z' }])
  })

  it('count the time for which a StatefulSet is incomplete from when it was last seen complete', () => {
    const statefulSets = { kind: 'StatefulSet', group: 'apps', namespace: 'plane' }
    const brokers = (readyReplicas: number): KubernetesObject => {
      const counts = { replicas: 2, readyReplicas, currentReplicas: 2, updatedReplicas: 2 }
      const given = object('StatefulSet', 'brokers', {
        spec: { replicas: 2 },
        status: { observedGeneration: 1, ...counts },
      })
      return { ...given, metadata: { ...given.metadata, creationTimestamp: '2026-02-01T00:00:00Z' } }
    }
    const objects = new PlaneObjects([component], ['plane'])
    const healthAfter = (): string | undefined => {
      objects.takeChanges()
      return objects.objects()[0]?.health
    }

    objects.put(statefulSets, brokers(2), nowMs)
    objects.put(statefulSets, brokers(1), nowMs + 60_000)
    expect(healthAfter()).toBe('progressing')
    objects.recheck(nowMs + 60_000 + 599_000)
    expect(healthAfter()).toBe('progressing')
    objects.recheck(nowMs + 60_000 + 600_000)
    expect(healthAfter()).toBe('degraded')
  })

  it('report an outage as soon as the last ready pod is deleted, until the next one is ready', () => {
    const it = board()
    it.replace(deployments, [deployment(1)], nowMs)
    it.replace(sets, [set(1)], nowMs)
    it.put(pods, object('Pod', 'one', running(), 'set'), nowMs)
    expect(it.takeChanges().components[0]?.health).toBe('healthy')

    it.remove(pods, 'one')
    expect(it.takeChanges().components[0]).toMatchObject({
      health: 'degraded',
      reason: 'ReplicaSet set: Its last ready pod was deleted',
    })

    it.put(pods, object('Pod', 'two', running(), 'set'), nowMs)
    expect(it.takeChanges().components[0]?.health).toBe('healthy')
  })

  it('report no outage when a ReplicaSet is scaled to zero, nor when it is scaled up again', () => {
    const it = board()
    it.put(sets, set(1), nowMs)
    it.put(pods, object('Pod', 'one', running(), 'set'), nowMs)
    it.takeChanges()

    it.put(sets, set(0), nowMs)
    it.remove(pods, 'one')
    expect(it.takeChanges()).toMatchObject({ changed: [], removed: expect.arrayContaining(['one', 'set']) })
    it.put(sets, set(1), nowMs)

    expect(it.takeChanges().changed).toMatchObject([{ uid: 'set', health: 'healthy' }])
  })

  it('report progress after a change of the spec, and before the first ready replica', () => {
    const changed = board()
    changed.put(deployments, deployment(1), nowMs)
    changed.put(deployments, deployment(0, 2), nowMs)
    const fresh = board()
    fresh.put(deployments, deployment(0), nowMs)

    expect(changed.takeChanges().changed).toMatchObject([{ health: 'progressing' }])
    expect(fresh.takeChanges().changed).toMatchObject([{ health: 'progressing' }])
  })

  it('report a component as unknown if its parts cannot be read', () => {
    const it = board()
    it.takeChanges()
    it.setUnreadable(deployments, 'forbidden')
    expect(it.takeChanges().components[0]).toMatchObject({ health: 'unknown', reason: 'forbidden' })

    it.replace(deployments, [], nowMs)

    expect(it.takeChanges().components[0]?.health).toBe('missing')
  })
})
