import { describe, expect, it } from 'vitest'
import { chooseLabels, type PolicyFacts, type ServiceFacts, sayLack, selects } from './labels.ts'
import { policyFacts } from './policies.ts'

const own = { app: 'agent', tier: 'edge', zone: 'a' }
const policy = (name: string, ...selectors: PolicyFacts['selectors']): PolicyFacts => ({ name, selectors })
const byApp = policy('by-app', { matchLabels: { app: 'agent' } })
const byTier = policy('by-tier', { matchLabels: { tier: 'edge' } })
const service = (selector: ServiceFacts['selector']): ServiceFacts => ({ name: 'agent', selector })

describe('the labels of a component’s probe', () => {
  it.each([
    ['none where no policy looks', [], [], {}],
    ['those that a policy selects by', [byTier], [], { tier: 'edge' }],
    ['those of several policies', [byApp, byTier], [], { app: 'agent', tier: 'edge' }],
    [
      'those that an expression looks at',
      [policy('x', { matchExpressions: [{ key: 'zone', operator: 'Exists' }] })],
      [],
      { zone: 'a' },
    ],
    ['none that the component lacks', [policy('x', { matchLabels: { other: 'y' } })], [], {}],
    [
      'Cilium’s, under their plain names',
      [policy('x', { matchLabels: { 'k8s:tier': 'edge', 'any:app': 'agent' } })],
      [],
      { app: 'agent', tier: 'edge' },
    ],
    [
      'all that it may have where a Service needs more to find it',
      [byTier],
      [service({ app: 'agent', tier: 'edge' })],
      { tier: 'edge' },
    ],
    ['all where a Service selects nothing', [byApp], [service({})], { app: 'agent' }],
  ])('are %s', (_what, policies, services, labels) => {
    const choice = chooseLabels(own, policies, services)
    expect(choice).toEqual({ labels, withheld: [], services: [], blind: [] })
    expect(sayLack(choice, { policies: true, services: true })).toBe('')
  })

  it('are never enough for a Service, and the lack is said with the policies that it blinds', () => {
    const choice = chooseLabels(own, [byApp], [service({ app: 'agent' })])
    expect(choice).toEqual({ labels: {}, withheld: ['app'], services: ['agent'], blind: ['by-app'] })
    expect(sayLack(choice, { policies: true, services: true })).toMatch(/Service agent .* app.*by-app/)
  })

  it('go without the one that the fewest policies look at', () => {
    const choice = chooseLabels(
      own,
      [byApp, byTier, policy('again', { matchLabels: { app: 'agent' } })],
      [service({ app: 'agent', tier: 'edge' })],
    )
    expect(choice).toMatchObject({ labels: { app: 'agent' }, withheld: ['tier'], blind: ['by-tier'] })
  })

  it('are all of them where policies cannot be read, and none where Services cannot', () => {
    expect(chooseLabels(own, undefined, [])).toMatchObject({ labels: own, withheld: [] })
    const lacking = chooseLabels(own, undefined, [service({ app: 'agent' })])
    expect(sayLack(lacking, { policies: false, services: true })).toContain('is not known')
    const blindly = chooseLabels(own, [byTier], undefined)
    expect(blindly).toMatchObject({ labels: {}, blind: ['by-tier'] })
    expect(sayLack(blindly, { policies: true, services: false })).toContain('may not list Services')
  })

  it.each([
    [{}, true],
    [{ matchLabels: { app: 'agent' } }, true],
    [{ matchLabels: { app: 'other' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['x', 'agent'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['agent'] }] }, false],
    [{ matchExpressions: [{ key: 'none', operator: 'NotIn', values: ['agent'] }] }, true],
    [{ matchExpressions: [{ key: 'none', operator: 'Exists' }] }, false],
    [{ matchExpressions: [{ key: 'none', operator: 'DoesNotExist' }] }, true],
  ])('%j selects: %s', (selector, expected) => {
    expect(selects(selector, own)).toBe(expected)
  })

  const own1 = {
    podSelector: { matchLabels: { a: '1' } },
    ingress: [
      {
        from: [
          { podSelector: { matchLabels: { b: '2' } }, namespaceSelector: { matchLabels: { n: '0' } } },
          { podSelector: { matchLabels: { e: '5' } } },
        ],
      },
    ],
  }
  const cilium = {
    endpointSelector: { matchLabels: { c: '3' } },
    egress: [
      {
        toEndpoints: [
          { matchLabels: { d: '4' } },
          { matchLabels: { f: '6', 'k8s:io.kubernetes.pod.namespace': 'plane' } },
        ],
      },
    ],
  }
  it.each([
    ['plane', ['a', 'b', 'e', 'c', 'd', 'f']],
    // Of another namespace: those alone that look into others.
    ['elsewhere', ['b', 'f']],
    // A policy for the whole cluster.
    [undefined, ['a', 'b', 'e', 'c', 'd', 'f']],
  ])('are looked for wherever a policy of %s may look at pods', (namespace, expected) => {
    const policy = { apiVersion: '', kind: '', metadata: { name: 'x', namespace }, spec: own1, specs: [cilium] }
    const { selectors } = policyFacts(policy, 'plane')
    expect(selectors.map(({ matchLabels = {} }) => Object.keys(matchLabels)[0])).toEqual(expected)
  })
})
