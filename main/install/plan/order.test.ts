import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import { withNeeds } from './order.ts'
import { planStep } from './plan-step.ts'
import { type OrderedRelease, releaseNeeds } from './release-order.ts'

const object = (apiVersion: string, kind: string, more: object = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: kind.toLowerCase() },
  ...more,
})
const named = (name: string, ...parts: Parameters<typeof object>): KubernetesObject => ({
  ...object(...parts),
  metadata: { name },
})
const running = (image: string) => ({ spec: { template: { spec: { containers: [{ image }] } } } })
const webhook = (apiGroups: string[], resources: string[]) =>
  object('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', {
    webhooks: [{ rules: [{ apiGroups, resources, operations: ['CREATE'] }] }],
  })

const definition = named('certificates.cert-manager.io', 'apiextensions.k8s.io/v1', 'CustomResourceDefinition')
const certificate = object('cert-manager.io/v1', 'Certificate')
const deployment = object('apps/v1', 'Deployment', running('web:1'))
const config = object('v1', 'ConfigMap')

const release = (name: string, more: Partial<OrderedRelease> = {}): OrderedRelease => ({
  name,
  namespace: name,
  via: 'helm',
  needs: [],
  objects: [config],
  ...more,
})

/** What the last release waits for. */
const lastNeeds = (...releases: OrderedRelease[]): string[] => [
  ...(releaseNeeds(releases).get(releases.at(-1)?.name ?? '') ?? []),
]

describe('the earlier releases that a release waits for', () => {
  const any = { needs: undefined }
  it.each<[string, OrderedRelease[], string[]]>([
    ['none, if the profile says so and nothing speaks against it', [release('a'), release('b')], []],
    ['all, without a word of the profile', [release('a'), release('b'), release('c', any)], ['a', 'b']],
    ['those that the profile names', [release('a'), release('b'), release('c', { needs: ['b'] })], ['b']],
    [
      'those that a needed one waits for',
      [release('a'), release('b', any), release('c', { needs: ['b'] })],
      ['a', 'b'],
    ],
    [
      'the one that defines the kind of an object',
      [release('a', { objects: [definition] }), release('b', { objects: [certificate] })],
      ['a'],
    ],
    [
      'the one whose record names the definition of a kind',
      [release('a', { definitions: ['certificates.cert-manager.io'] }), release('b', { objects: [certificate] })],
      ['a'],
    ],
    [
      'the one that brings the network plugin',
      [
        release('a', { objects: [object('apps/v1', 'DaemonSet', running('quay.io/cilium/cilium:v1.15.19'))] }),
        release('b'),
      ],
      ['a'],
    ],
    [
      'Flux, for a release that Flux installs',
      [
        release('a', { objects: [object('apps/v1', 'Deployment', running('ghcr.io/fluxcd/helm-controller:v1.6.3'))] }),
        release('b', { via: 'flux' }),
      ],
      ['a'],
    ],
    [
      'the one that creates its namespace',
      [release('a', { objects: [named('b', 'v1', 'Namespace')] }), release('b')],
      ['a'],
    ],
    [
      'the one whose webhook sees its pods',
      [release('a', { objects: [webhook([''], ['pods'])] }), release('b', { objects: [deployment] })],
      ['a'],
    ],
    [
      'the one whose webhook sees an object',
      [
        release('a', { objects: [webhook(['networking.k8s.io'], ['ingresses'])] }),
        release('b', { objects: [object('networking.k8s.io/v1', 'Ingress')] }),
      ],
      ['a'],
    ],
    [
      'no one whose webhook sees none of its objects',
      [release('a', { objects: [webhook([''], ['pods'])] }), release('b', { objects: [config] })],
      [],
    ],
    ['one whose objects are unknown', [release('a', { objects: undefined }), release('b')], ['a']],
    ['all that came before one whose objects are unknown', [release('a'), release('b', { objects: undefined })], ['a']],
  ])('%s', (_, releases, needs) => {
    expect(lastNeeds(...releases)).toEqual(needs)
  })
})

const step = (id: string, kind: Parameters<typeof planStep>[0]['kind'], namespace?: string) => {
  const name = id.startsWith('release:') ? id.slice('release:'.length) : undefined
  return planStep({ id, title: id, kind, before: '', after: '', release: name, namespace })
}
const needsOf = (...[action, steps, releases]: Parameters<typeof withNeeds>): Record<string, string[]> =>
  Object.fromEntries(withNeeds(action, steps, releases).map(({ id, needs }) => [id, needs]))

describe('what the steps of a plan wait for', () => {
  const releases = [release('a'), release('b'), release('c', { needs: ['a'] })]
  const verify = planStep({ id: 'verify', title: '', kind: 'verify', before: '', after: '' })

  it('is of an install the namespace, the Secrets in it and the releases that are needed; all for the verification', () => {
    const steps = [
      step('namespace:a', 'namespace', 'a'),
      step('namespace:b', 'namespace', 'b'),
      step('secret:b/key', 'secret', 'b'),
      step('release:a', 'helm-install', 'a'),
      step('release:b', 'helm-install', 'b'),
      step('release:c', 'helm-install', 'c'),
      verify,
    ]
    expect(needsOf('install', steps, releases)).toEqual({
      'namespace:a': [],
      'namespace:b': [],
      'secret:b/key': ['namespace:b'],
      'release:a': ['namespace:a'],
      'release:b': ['secret:b/key'],
      'release:c': ['release:a'],
      verify: ['release:b', 'release:c'],
    })
  })

  it('is what it was without `needs` in the profile: one after the other', () => {
    const inOrder = releases.map((each) => ({ ...each, needs: undefined }))
    const steps = [...releases.map(({ name }) => step(`release:${name}`, 'helm-install', name)), verify]
    expect(needsOf('install', steps, inOrder)).toEqual({
      'release:a': [],
      'release:b': ['release:a'],
      'release:c': ['release:b'],
      verify: ['release:c'],
    })
  })

  it('is kept through a release that does not change', () => {
    const chain = [release('a'), release('b', { needs: ['a'] }), release('c', { needs: ['b'] })]
    const steps = [step('release:a', 'helm-upgrade'), step('release:b', 'keep'), step('release:c', 'helm-upgrade')]
    expect(needsOf('install', steps, chain)).toEqual({ 'release:a': [], 'release:b': [], 'release:c': ['release:a'] })
  })

  it('is a dropped release, for all that could take over its objects', () => {
    const steps = [
      step('namespace:a', 'namespace', 'a'),
      step('dropped:a/old', 'helm-uninstall', 'a'),
      step('dropped:a/older', 'helm-uninstall', 'a'),
      step('secret:a/key', 'secret', 'a'),
      step('release:a', 'helm-install', 'a'),
    ]
    expect(needsOf('install', steps, releases)).toEqual({
      'namespace:a': [],
      'dropped:a/old': [],
      'dropped:a/older': ['dropped:a/old'],
      'secret:a/key': ['namespace:a', 'dropped:a/older'],
      'release:a': ['secret:a/key'],
    })
  })

  it('is of an uninstall the reverse: what needs a release goes first, then Secrets, namespaces last', () => {
    const steps = [
      step('release:c', 'helm-uninstall', 'c'),
      step('release:b', 'helm-uninstall', 'b'),
      step('release:a', 'helm-uninstall', 'a'),
      step('keep:definitions:a', 'keep'),
      step('secret:b/key', 'delete', 'b'),
      step('namespace:b', 'delete', 'b'),
      step('namespace:a', 'delete', 'a'),
    ]
    expect(needsOf('uninstall', steps, releases)).toEqual({
      'release:c': [],
      'release:b': [],
      'release:a': ['release:c'],
      'keep:definitions:a': [],
      'secret:b/key': ['release:b', 'release:a'],
      'namespace:b': ['secret:b/key'],
      'namespace:a': ['namespace:b'],
    })
  })

  it('is of an uninstall not lost with a release that is already gone', () => {
    const chain = [release('a'), release('b', { needs: ['a'], objects: undefined }), release('c', { needs: ['b'] })]
    const steps = [step('release:c', 'helm-uninstall', 'c'), step('release:a', 'helm-uninstall', 'a')]
    expect(needsOf('uninstall', steps, chain)).toEqual({ 'release:c': [], 'release:a': ['release:c'] })
  })
})
