import { describe, expect, it } from 'vitest'
import { Component } from '../../preload/contract/profiles.ts'
import type { ObjectStatus } from '../../preload/contract/workloads.ts'
import { type AssessedObject, componentStatuses } from './component-status.ts'

const gateway = { kind: 'Deployment', namespace: 'plane', name: 'gateway' }
const cilium = { kind: 'DaemonSet', namespace: 'kube-system', name: 'cilium', title: 'Cilium' }
const calico = { kind: 'DaemonSet', namespace: 'kube-system', name: 'calico-node', title: 'Calico' }

const component = (given: Partial<Component> = {}): Component =>
  Component.parse({ id: 'it', title: 'It', summary: '', providedBy: 'release', parts: [gateway], ...given })

const assessed = (given: Partial<ObjectStatus> = {}, affectsComponent = true): AssessedObject => ({
  status: { uid: 'u1', ...gateway, health: 'healthy', reason: '1 available', since: '2026-01-01T00:00:00Z', ...given },
  affectsComponent,
})

const status = (
  one: Component,
  objects: readonly AssessedObject[] = [],
  unreadable: Record<string, string> = {},
  wasChecked = true,
) => {
  const known = { wasChecked, objects: new Map([['it', objects]]), unreadable: new Map(Object.entries(unreadable)) }
  return componentStatuses([one], known)[0]
}

const pod = (given: Partial<ObjectStatus>, affectsComponent = true) =>
  assessed({ uid: 'p1', kind: 'Pod', name: 'gateway-x', ...given }, affectsComponent)

describe('a component of a release', () => {
  it.each<[string, AssessedObject[], string, string]>([
    ['is missing without its part', [], 'missing', 'Not found: Deployment gateway'],
    ['is as healthy as its part', [assessed()], 'healthy', '1 available'],
    [
      'has the health and reason of its worst object',
      [assessed(), pod({ health: 'degraded', reason: 'CrashLoopBackOff' })],
      'degraded',
      'Pod gateway-x: CrashLoopBackOff',
    ],
    [
      'has the reason of the object closest to the cause',
      [assessed({ health: 'degraded', reason: 'too late' }), pod({ health: 'degraded', reason: 'ErrImagePull' })],
      'degraded',
      'Pod gateway-x: ErrImagePull',
    ],
    [
      'is not affected by objects that are terminating or replaced by their owner',
      [assessed(), pod({ health: 'degraded' }, false)],
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

  it('is degraded rather than missing if an existing part is degraded', () => {
    const other = { kind: 'Service', namespace: 'plane', name: 'door' }

    expect(status(component({ parts: [gateway, other] }), [assessed({ health: 'degraded' })])?.health).toBe('degraded')
  })

  it('is unknown, not missing, if its kind cannot be read', () => {
    expect(status(component(), [], { 'Deployment/plane': 'forbidden' })).toMatchObject({
      health: 'unknown',
      reason: 'forbidden',
    })
    expect(status(component(), [], { 'Deployment/other': 'forbidden' })?.health).toBe('missing')
  })

  it('is degraded by a visible pod that crashes, though another part cannot be read', () => {
    const door = { kind: 'Service', namespace: 'plane', name: 'door' }
    const both = component({ parts: [gateway, door] })
    const crash = pod({ health: 'degraded', reason: 'CrashLoopBackOff' })

    expect(status(both, [assessed(), crash], { 'Service/plane': 'forbidden' })).toMatchObject({
      health: 'degraded',
      reason: 'Pod gateway-x: CrashLoopBackOff; forbidden',
    })
    expect(status(both, [assessed()], { 'Service/plane': 'forbidden' })?.health).toBe('unknown')
  })

  it('is unknown before the cluster was checked', () => {
    expect(status(component(), [], {}, false)).toMatchObject({
      health: 'unknown',
      reason: 'The cluster has not been checked yet',
    })
  })

  it('is suspended, not missing, if it is optional', () => {
    expect(status(component({ required: false }))?.health).toBe('suspended')
  })

  it('has parts in any namespace if the profile names none', () => {
    expect(status(component({ parts: [{ kind: 'Deployment', name: 'gateway' }] }), [assessed()])?.health).toBe(
      'healthy',
    )
  })

  it('is healthy since the last of it is, and unwell since the one that explains it', () => {
    const young = '2026-02-02T00:00:00Z'

    expect(status(component(), [assessed(), pod({ since: young })])?.since).toBe(young)
    expect(status(component(), [assessed({ health: 'degraded' }), pod({ since: young })])?.since).toBe(
      '2026-01-01T00:00:00Z',
    )
  })

  it('lists its parts, not their pods', () => {
    expect(status(component(), [assessed(), pod({})])?.objects).toEqual(['u1'])
  })
})

describe('a component of the cluster', () => {
  const one = component({ providedBy: 'cluster', parts: [cilium, calico] })

  it('names the detected alternative and its health', () => {
    const found = status(one, [assessed({ ...cilium, reason: 'Ready on 3 nodes' })])

    expect(found).toMatchObject({ health: 'healthy', reason: 'Cilium, provided by this cluster: Ready on 3 nodes' })
  })

  it('reports that no alternative was detected', () => {
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
  it('is unknown with the reason', () => {
    expect(status(component({ providedBy: 'vendor' }), [assessed()])).toMatchObject({
      health: 'unknown',
      reason: 'Run by the vendor; not visible from this cluster',
    })
  })
})
