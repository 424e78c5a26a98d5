import { describe, expect, it } from 'vitest'
import { chooseLabels, limitationOf, type PolicySelectors, type ServiceSelector, selects } from './labels.ts'
import { policySelectors } from './policy-selectors.ts'

const own = { app: 'agent', tier: 'edge', zone: 'a' }
const policy = (name: string, ...selectors: PolicySelectors['selectors']): PolicySelectors => ({ name, selectors })
const byApp = policy('by-app', { matchLabels: { app: 'agent' } })
const byTier = policy('by-tier', { matchLabels: { tier: 'edge' } })
const service = (selector: ServiceSelector['selector']): ServiceSelector => ({ name: 'agent', selector })

describe('a component’s probe', () => {
  it.each([
    ['no labels if no policy selects pods', [], [], {}],
    ['the labels that a policy selects by', [byTier], [], { tier: 'edge' }],
    ['the labels of several policies', [byApp, byTier], [], { app: 'agent', tier: 'edge' }],
    [
      'the labels that an expression selects by',
      [policy('x', { matchExpressions: [{ key: 'zone', operator: 'Exists' }] })],
      [],
      { zone: 'a' },
    ],
    ['no label that the component lacks', [policy('x', { matchLabels: { other: 'y' } })], [], {}],
    [
      'labels of Cilium policies without their source prefix',
      [policy('x', { matchLabels: { 'k8s:tier': 'edge', 'any:app': 'agent' } })],
      [],
      { app: 'agent', tier: 'edge' },
    ],
    [
      'all policy labels if a Service selects by more labels',
      [byTier],
      [service({ app: 'agent', tier: 'edge' })],
      { tier: 'edge' },
    ],
    ['all policy labels if a Service selects nothing', [byApp], [service({})], { app: 'agent' }],
  ])('has %s', (_what, policies, services, labels) => {
    const choice = chooseLabels(own, policies, services)
    expect(choice).toEqual({ labels, withheld: [], services: [], differingPolicies: [] })
    expect(limitationOf(choice, { policies: true, services: true })).toBe('')
  })

  it('never matches a Service, and the limitation names the policies that treat it differently', () => {
    const choice = chooseLabels(own, [byApp], [service({ app: 'agent' })])
    expect(choice).toEqual({ labels: {}, withheld: ['app'], services: ['agent'], differingPolicies: ['by-app'] })
    expect(limitationOf(choice, { policies: true, services: true })).toMatch(/Service agent .* app.*by-app/)
  })

  it('leaves out the label that the fewest policies select by', () => {
    const choice = chooseLabels(
      own,
      [byApp, byTier, policy('again', { matchLabels: { app: 'agent' } })],
      [service({ app: 'agent', tier: 'edge' })],
    )
    expect(choice).toMatchObject({ labels: { app: 'agent' }, withheld: ['tier'], differingPolicies: ['by-tier'] })
  })

  it('has all labels if policies cannot be listed, and none if Services cannot', () => {
    expect(chooseLabels(own, undefined, [])).toMatchObject({ labels: own, withheld: [] })
    const lacking = chooseLabels(own, undefined, [service({ app: 'agent' })])
    expect(limitationOf(lacking, { policies: false, services: true })).toContain('is unknown')
    const withoutServices = chooseLabels(own, [byTier], undefined)
    expect(withoutServices).toMatchObject({ labels: {}, differingPolicies: ['by-tier'] })
    expect(limitationOf(withoutServices, { policies: true, services: false })).toContain(
      'not permitted to list Services',
    )
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

  const kubernetesSpec = {
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
  const ciliumSpec = {
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
    // In another namespace: only the selectors that cross namespaces.
    ['elsewhere', ['b', 'f']],
    // A policy for the whole cluster.
    [undefined, ['a', 'b', 'e', 'c', 'd', 'f']],
  ])('considers every selector of a policy in %s that can match its pods', (namespace, expected) => {
    const policy = {
      apiVersion: '',
      kind: '',
      metadata: { name: 'x', namespace },
      spec: kubernetesSpec,
      specs: [ciliumSpec],
    }
    const { selectors } = policySelectors(policy, 'plane')
    expect(selectors.map(({ matchLabels = {} }) => Object.keys(matchLabels)[0])).toEqual(expected)
  })
})
