import { describe, expect, it } from 'vitest'
import { Component } from '../../preload/contract/profiles.ts'
import type { ObjectStatus } from '../../preload/contract/workloads.ts'
import { componentStatuses, type Judged } from './component-status.ts'

const gateway = { kind: 'Deployment', namespace: 'plane', name: 'gateway' }
const cilium = { kind: 'DaemonSet', namespace: 'kube-system', name: 'cilium', title: 'Cilium' }
const calico = { kind: 'DaemonSet', namespace: 'kube-system', name: 'calico-node', title: 'Calico' }

const component = (given: Partial<Component> = {}): Component =>
  Component.parse({ id: 'it', title: 'It', summary: '', providedBy: 'release', parts: [gateway], ...given })

const judged = (given: Partial<ObjectStatus> = {}, speaks = true): Judged => ({
  status: { uid: 'u1', ...gateway, health: 'healthy', reason: '1 available', since: '2026-01-01T00:00:00Z', ...given },
  speaks,
})

const status = (
  one: Component,
  objects: readonly Judged[] = [],
  unreadable: Record<string, string> = {},
  looked = true,
) => {
  const known = { looked, objects: new Map([['it', objects]]), unreadable: new Map(Object.entries(unreadable)) }
  return componentStatuses([one], known)[0]
}

const pod = (given: Partial<ObjectStatus>, speaks = true) =>
  judged({ uid: 'p1', kind: 'Pod', name: 'gateway-x', ...given }, speaks)

describe('a component of a release', () => {
  it.each<[string, Judged[], string, string]>([
    ['is missing without its part', [], 'missing', 'Not found: Deployment gateway'],
    ['is as well as its part', [judged()], 'healthy', '1 available'],
    [
      'is as bad as the worst of it, by its words',
      [judged(), pod({ health: 'degraded', reason: 'CrashLoopBackOff' })],
      'degraded',
      'Pod gateway-x: CrashLoopBackOff',
    ],
    [
      'explains itself by what is nearest to the cause',
      [judged({ health: 'degraded', reason: 'too late' }), pod({ health: 'degraded', reason: 'ErrImagePull' })],
      'degraded',
      'Pod gateway-x: ErrImagePull',
    ],
    [
      'does not mind what is being deleted or answered for by its owner',
      [judged(), pod({ health: 'degraded' }, false)],
      'healthy',
      '1 available',
    ],
  ])('%s', (_, objects, health, reason) => {
    expect(status(component(), objects)).toMatchObject({ health, reason })
  })

  it('names every part that is missing', () => {
    const other = { kind: 'Service', namespace: 'plane', name: 'door' }

    expect(status(component({ parts: [gateway, other] }))?.reason).toBe('Not found: Deployment gateway, Service door')
  })

  it('is degraded rather than missing when what is there of it is worse', () => {
    const other = { kind: 'Service', namespace: 'plane', name: 'door' }

    expect(status(component({ parts: [gateway, other] }), [judged({ health: 'degraded' })])?.health).toBe('degraded')
  })

  it('is unknown, not missing, where Hangar may not look', () => {
    expect(status(component(), [], { 'Deployment/plane': 'forbidden' })).toMatchObject({
      health: 'unknown',
      reason: 'forbidden',
    })
    expect(status(component(), [], { 'Deployment/other': 'forbidden' })?.health).toBe('missing')
  })

  it('is unknown before the cluster was looked at', () => {
    expect(status(component(), [], {}, false)).toMatchObject({
      health: 'unknown',
      reason: 'The cluster has not been checked yet',
    })
  })

  it('is not missed when the plane can do without', () => {
    expect(status(component({ required: false }))?.health).toBe('suspended')
  })

  it('finds a part that names no namespace in any', () => {
    expect(status(component({ parts: [{ kind: 'Deployment', name: 'gateway' }] }), [judged()])?.health).toBe('healthy')
  })

  it('is healthy since the last of it is, and unwell since the one that explains it', () => {
    const young = '2026-02-02T00:00:00Z'

    expect(status(component(), [judged(), pod({ since: young })])?.since).toBe(young)
    expect(status(component(), [judged({ health: 'degraded' }), pod({ since: young })])?.since).toBe(
      '2026-01-01T00:00:00Z',
    )
  })

  it('is carried by its parts, not by their pods', () => {
    expect(status(component(), [judged(), pod({})])?.objects).toEqual(['u1'])
  })
})

describe('a component of the cluster', () => {
  const one = component({ providedBy: 'cluster', parts: [cilium, calico] })

  it('shows which known form was found, and how it is', () => {
    const found = status(one, [judged({ ...cilium, reason: 'Ready on 3 nodes' })])

    expect(found).toMatchObject({ health: 'healthy', reason: 'Cilium, provided by this cluster: Ready on 3 nodes' })
  })

  it('says so when none is', () => {
    expect(status(one)).toMatchObject({
      health: 'unknown',
      reason: 'None of Cilium, Calico was detected in this cluster',
    })
    expect(status(component({ providedBy: 'cluster', parts: [] }))?.reason).toBe(
      'Provided by this cluster; its health is unknown',
    )
  })
})

describe('a component of the vendor', () => {
  it('is not known, in words', () => {
    expect(status(component({ providedBy: 'vendor' }), [judged()])).toMatchObject({
      health: 'unknown',
      reason: 'Run by the vendor; not visible from this cluster',
    })
  })
})
