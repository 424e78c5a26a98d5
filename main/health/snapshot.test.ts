import { describe, expect, it } from 'vitest'
import { ago, nowMs, sample } from './sample.ts'
import { assessSnapshot } from './snapshot.ts'

describe('a snapshot of objects', () => {
  it('has the state and the counts of each object, degraded ones first', () => {
    const config = sample('v1', 'ConfigMap', { metadata: { name: 'a' } })
    const pod = sample('v1', 'Pod', { metadata: { name: 'b' }, status: { phase: 'Failed', message: 'Evicted' } })
    const deployment = sample('apps/v1', 'Deployment', { metadata: { name: 'c' }, spec: { replicas: 2 } })

    expect(assessSnapshot([config, pod, deployment], nowMs)).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: 'plane',
        name: 'b',
        state: 'degraded',
        reason: 'Evicted',
        ready: 0,
        total: 0,
        restarts: 0,
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        namespace: 'plane',
        name: 'c',
        state: 'progressing',
        reason: '0 of 2 replicas created',
        ready: 0,
        total: 2,
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: 'plane',
        name: 'a',
        state: 'healthy',
        reason: 'Exists',
        since: ago(3_600),
      },
    ])
  })

  it('has an object once, as it was read last, and no events', () => {
    const once = sample('v1', 'Pod', { status: { phase: 'Failed' } })
    const again = sample('v1', 'Pod', { status: { phase: 'Succeeded' } })
    const other = sample('v1', 'Pod', { metadata: { namespace: 'other' }, status: { phase: 'Succeeded' } })

    expect(assessSnapshot([once, other, again, sample('v1', 'Event')], nowMs)).toMatchObject([
      { namespace: 'other', state: 'healthy' },
      { namespace: 'plane', state: 'healthy' },
    ])
  })

  it('reports a node whose kubelet does not fit the others, unless something worse is wrong with it', () => {
    const node = (name: string, kubeletVersion: string, ready = 'True') =>
      sample('v1', 'Node', {
        metadata: { name },
        status: { nodeInfo: { kubeletVersion }, conditions: [{ type: 'Ready', status: ready, reason: 'Kubelet' }] },
      })

    expect(
      assessSnapshot([node('a', 'v1.33.0'), node('b', 'v1.28.0'), node('c', 'v1.28.0', 'Unknown')], nowMs),
    ).toMatchObject([
      { name: 'b', state: 'degraded', reason: expect.stringContaining('v1.28.0') },
      { name: 'c', state: 'unknown' },
      { name: 'a', state: 'healthy' },
    ])
  })

  it('has no time that is none: a manifest can have any text', () => {
    const metadata = { creationTimestamp: 'yesterday' }

    expect(assessSnapshot([sample('v1', 'ConfigMap', { metadata })], nowMs)[0]?.since).toBeUndefined()
  })
})
