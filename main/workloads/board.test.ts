import { describe, expect, it } from 'vitest'
import { Component } from '../../preload/contract/profiles.ts'
import type { KubernetesObject } from '../lib/kubernetes/resources.ts'
import { Board } from './board.ts'
import { restartShownMs } from './memory.ts'

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
const board = () => new Board([component], ['plane'])

describe('the board', () => {
  it('finds the component of a pod through its owners, in whatever order they come', () => {
    const it = board()
    it.replace(pods, [object('Pod', 'pod', running(), 'set')], nowMs)
    expect(it.take().changed.map(({ component: id }) => id)).toEqual([undefined])

    it.replace(deployments, [deployment(1)], nowMs)
    it.replace(sets, [set(1)], nowMs)
    const { changed } = it.take()

    expect(changed.find(({ kind }) => kind === 'Pod')?.component).toBe('gateway')
    expect(it.components()[0]).toMatchObject({ health: 'healthy', objects: ['gateway'] })
  })

  it('tells an object once however often it changed, and not at all when nothing shows', () => {
    const it = board()
    it.put(pods, object('Pod', 'pod', { status: { phase: 'Pending' } }), nowMs)
    it.put(pods, object('Pod', 'pod', running()), nowMs)
    expect(it.take().changed).toMatchObject([{ uid: 'pod', health: 'healthy' }])

    it.put(pods, object('Pod', 'pod', { ...running(), data: 'of no interest' }), nowMs)

    expect(it.take()).toMatchObject({ changed: [], removed: [] })
    expect(it.isDirty).toBe(false)
  })

  it('drops what a new list no longer has, and only of that collection', () => {
    const it = board()
    it.replace(pods, [object('Pod', 'a', running()), object('Pod', 'b', running())], nowMs)
    it.replace(sets, [set(1)], nowMs)
    it.take()

    it.replace(pods, [object('Pod', 'b', running())], nowMs)

    expect(it.take()).toMatchObject({ changed: [], removed: ['a'] })
    expect(it.objects().map(({ uid }) => uid)).toEqual(['b', 'set'])
  })

  it('says nothing of what came and went between two looks', () => {
    const it = board()
    it.put(pods, object('Pod', 'brief', running()), nowMs)
    it.remove(pods, 'brief')

    expect(it.take()).toMatchObject({ changed: [], removed: [] })
  })

  it('hides replica sets of the past, and what is not of the plane', () => {
    const it = board()
    it.put(sets, set(0), nowMs)
    const elsewhere = object('Pod', 'elsewhere', running())
    it.put(foreign, { ...elsewhere, metadata: { ...elsewhere.metadata, namespace: 'other' } }, nowMs)

    expect(it.take().changed).toEqual([])
  })

  it('keeps a restart in sight for a while, though the pod was never seen down', () => {
    const it = board()
    it.put(pods, object('Pod', 'pod', running(0)), nowMs)
    it.put(pods, object('Pod', 'pod', running(1)), nowMs)
    expect(it.take().changed).toMatchObject([
      { health: 'degraded', reason: 'Restarted a moment ago; main ended with exit code 137' },
    ])
    expect(it.nextRecheckMs()).toBe(nowMs + restartShownMs)

    it.recheck(nowMs + restartShownMs)

    expect(it.take().changed).toMatchObject([{ health: 'healthy', restarts: 1 }])
    expect(it.nextRecheckMs()).toBeUndefined()
  })

  it('is not alarmed by restarts from before it looked', () => {
    const it = board()
    it.put(pods, object('Pod', 'pod', running(7)), nowMs)

    expect(it.take().changed).toMatchObject([{ health: 'healthy', restarts: 7 }])
  })

  it('calls it an outage when a workload that was ready has nothing left', () => {
    const it = board()
    it.put(deployments, deployment(1), nowMs)
    it.put(deployments, deployment(0), nowMs)

    expect(it.take().changed).toMatchObject([{ health: 'degraded', since: '2026-03-01T12:00:00.000Z' }])
  })

  it('calls it an outage as soon as the last pod goes, before its owner has noticed, until the next is ready', () => {
    const it = board()
    it.replace(deployments, [deployment(1)], nowMs)
    it.replace(sets, [set(1)], nowMs)
    it.put(pods, object('Pod', 'one', running(), 'set'), nowMs)
    expect(it.take().components[0]?.health).toBe('healthy')

    it.remove(pods, 'one')
    expect(it.take().components[0]).toMatchObject({
      health: 'degraded',
      reason: 'ReplicaSet set: Its last ready pod was deleted',
    })

    it.put(pods, object('Pod', 'two', running(), 'set'), nowMs)
    expect(it.take().components[0]?.health).toBe('healthy')
  })

  it('calls it no outage when a replica set is scaled to none, nor when it starts again from there', () => {
    const it = board()
    it.put(sets, set(1), nowMs)
    it.put(pods, object('Pod', 'one', running(), 'set'), nowMs)
    it.take()

    it.put(sets, set(0), nowMs)
    it.remove(pods, 'one')
    expect(it.take()).toMatchObject({ changed: [], removed: expect.arrayContaining(['one', 'set']) })
    it.put(sets, set(1), nowMs)

    expect(it.take().changed).toMatchObject([{ uid: 'set', health: 'healthy' }])
  })

  it('calls it progress when that follows a change that was asked for, or was so from the start', () => {
    const changed = board()
    changed.put(deployments, deployment(1), nowMs)
    changed.put(deployments, deployment(0, 2), nowMs)
    const fresh = board()
    fresh.put(deployments, deployment(0), nowMs)

    expect(changed.take().changed).toMatchObject([{ health: 'progressing' }])
    expect(fresh.take().changed).toMatchObject([{ health: 'progressing' }])
  })

  it('says of a component whose parts it may not read that it does not know', () => {
    const it = board()
    it.take()
    it.markUnreadable(deployments, 'forbidden')
    expect(it.take().components[0]).toMatchObject({ health: 'unknown', reason: 'forbidden' })

    it.replace(deployments, [], nowMs)

    expect(it.take().components[0]?.health).toBe('missing')
  })
})
