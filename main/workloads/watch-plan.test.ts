import { describe, expect, it } from 'vitest'
import { Component, LogSource, Release } from '../../preload/contract/profiles.ts'
import { planWatch, targetKey } from './watch-plan.ts'

const release = Release.parse({ name: 'gateway', namespace: 'plane', chart: { path: 'x' } })
const source = LogSource.parse({ id: 'a', title: 'A', component: 'a', namespace: 'apps', selector: 'a=b' })
const component = (providedBy: string, ...parts: readonly object[]) =>
  Component.parse({ id: 'a', title: 'A', summary: '', providedBy, parts })

const plan = (...components: readonly Component[]) => {
  const { targets, ...rest } = planWatch({ components: [...components], releases: [release], logSources: [source] })
  return { ...rest, keys: targets.map(targetKey) }
}

describe('the plan of a watch', () => {
  it('covers the namespaces of releases, log sources and installed parts, and no Secret or ConfigMap', () => {
    const { namespaces, keys } = plan(component('flux', { kind: 'Deployment', namespace: 'edge', name: 'door' }))

    expect(namespaces).toEqual(['apps', 'edge', 'plane'])
    expect(keys).toContain('Pod./edge/')
    expect(keys).toContain('HelmRelease.helm.toolkit.fluxcd.io/plane/')
    expect(keys.filter((key) => /^(Secret|ConfigMap)/.test(key))).toEqual([])
  })

  it('covers autoscalers, budgets and ingresses where permitted, and requires them where they are parts', () => {
    const ingress = component('release', { kind: 'Ingress', namespace: 'plane', name: 'door' })
    const { targets } = planWatch({ components: [ingress], releases: [release], logSources: [] })
    const optional = targets.filter(({ isOptional }) => isOptional).map(targetKey)

    expect(optional).toEqual(['HorizontalPodAutoscaler.autoscaling/plane/', 'PodDisruptionBudget.policy/plane/'])
    expect(targets.map(targetKey)).toContain('Ingress.networking.k8s.io/plane/')
  })

  it.each(['APIService', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'VolumeSnapshotContent'])(
    'follows an object of kind %s by its name',
    (kind) => {
      const { keys, unfollowed } = plan(component('release', { kind, name: 'a' }))

      expect(keys.filter((key) => key.startsWith(`${kind}.`) && key.endsWith('//a'))).toHaveLength(1)
      expect([...unfollowed]).toEqual([])
    },
  )

  it('covers only the named parts in other namespaces', () => {
    const { namespaces, keys } = plan(
      component('cluster', { kind: 'DaemonSet', namespace: 'kube-system', name: 'cilium' }),
    )

    expect(namespaces).not.toContain('kube-system')
    expect(keys.filter((key) => key.includes('kube-system'))).toEqual(['DaemonSet.apps/kube-system/cilium'])
  })

  it('follows a cluster-scoped object by its name', () => {
    const crd = { kind: 'CustomResourceDefinition', name: 'gateways.gateway.networking.k8s.io' }

    expect(plan(component('cluster', crd)).keys).toContain(
      'CustomResourceDefinition.apiextensions.k8s.io//gateways.gateway.networking.k8s.io',
    )
  })

  it('follows a kind once for all of its parts', () => {
    const part = (name: string) => ({ kind: 'Certificate', namespace: 'plane', name })

    const { keys } = plan(component('release', part('a'), part('b')))

    expect(keys.filter((key) => key.startsWith('Certificate'))).toEqual(['Certificate.cert-manager.io/plane/'])
  })

  it('lists the kinds that cannot be followed', () => {
    const { unfollowed } = plan(component('release', { kind: 'Secret', namespace: 'plane', name: 'key' }))

    expect([...unfollowed]).toEqual([['Secret', 'Hangar does not follow objects of kind Secret']])
  })
})
