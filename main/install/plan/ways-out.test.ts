import { describe, expect, it } from 'vitest'
import type { PlanStep } from '../../../preload/contract/install.ts'
import type { KubernetesObject } from '../observe/kubernetes-object.ts'
import type { Revision } from '../observe/releases.ts'
import { planStep } from './plan-step.ts'
import { type ClusterState, parseFinalizerId, takenWays, unknownState, waysOut } from './ways-out.ts'

const stepOf = (kind: PlanStep['kind'], id = 'release:gateway'): PlanStep =>
  planStep({ id, title: '', kind, release: 'gateway', namespace: 'gw', before: '', after: '' })

const revision = (more: Partial<Revision> = {}): Revision => ({
  secret: 'sh.helm.release.v1.gateway.v3',
  revision: 3,
  status: 'deployed',
  labels: {},
  changedAt: 0,
  ...more,
})

const hook = (event: string): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'cleanup', annotations: { 'helm.sh/hook': event } },
})
const thing: KubernetesObject = { apiVersion: 'things.example/v1', kind: 'Thing', metadata: { name: 'one' } }
const stuck = (event: string) => revision({ status: 'uninstalling', hooks: [hook(event)] })
const served = (as: ReturnType<ClusterState['servedAs']>): ClusterState => ({ ...unknownState, servedAs: () => as })

const blocked = {
  apiVersion: 'things.example/v1',
  kind: 'Thing',
  namespace: 'gw',
  name: 'one',
  since: '2026-01-01T00:00:00Z',
  finalizers: ['example.com/hold', 'example.com/other'],
}

describe('the ways out of a state that a step cannot leave by itself', () => {
  it.each<readonly [string, PlanStep, Revision | undefined, ClusterState, string[], string[]]>([
    ['a sound release', stepOf('helm-uninstall'), revision(), unknownState, [], []],
    ['a release that is not there', stepOf('helm-install'), undefined, unknownState, [], []],
    [
      'a hook of an uninstall that did not end',
      stepOf('helm-uninstall'),
      stuck('pre-delete'),
      unknownState,
      ['hooks:gateway'],
      [],
    ],
    [
      'the same among other events',
      stepOf('helm-uninstall'),
      stuck('post-install,pre-delete'),
      unknownState,
      ['hooks:gateway'],
      [],
    ],
    [
      'the same before a new install',
      stepOf('helm-recover'),
      stuck('post-delete'),
      unknownState,
      ['hooks:gateway'],
      [],
    ],
    ['a hook that an uninstall does not run', stepOf('helm-uninstall'), stuck('pre-install'), unknownState, [], []],
    [
      'a hook of an uninstall that has not begun',
      stepOf('helm-uninstall'),
      revision({ hooks: [hook('pre-delete')] }),
      unknownState,
      [],
      [],
    ],
    ['a release that stays', stepOf('keep'), stuck('pre-delete'), unknownState, [], []],
    [
      'a damaged record before an uninstall',
      stepOf('helm-uninstall'),
      revision({ record: 'damaged' }),
      unknownState,
      [],
      ['recover:gateway'],
    ],
    [
      'a missing record before an uninstall',
      stepOf('helm-uninstall'),
      revision({ record: 'missing' }),
      unknownState,
      [],
      ['recover:gateway'],
    ],
    // The plan of an install has a loss for each recovery already.
    [
      'a damaged record before an install',
      stepOf('helm-recover'),
      revision({ record: 'damaged' }),
      unknownState,
      [],
      [],
    ],
    ['a kind that is served', stepOf('helm-upgrade'), revision({ objects: [thing] }), served('served'), [], []],
    [
      'a kind of which nothing is known',
      stepOf('helm-upgrade'),
      revision({ objects: [thing] }),
      served(undefined),
      [],
      [],
    ],
    [
      'a kind that is gone, before an upgrade',
      stepOf('helm-upgrade'),
      revision({ objects: [thing] }),
      served('absent'),
      [],
      ['kinds:gateway'],
    ],
    [
      'a kind that is gone, before an uninstall',
      stepOf('helm-uninstall'),
      revision({ objects: [thing] }),
      served('absent'),
      [],
      ['kinds:gateway'],
    ],
    [
      'a kind that is served in another version',
      stepOf('helm-upgrade'),
      revision({ objects: [thing] }),
      served({ apiVersion: 'things.example/v2' }),
      [],
      ['kinds:gateway'],
    ],
    [
      'objects that only finalizers keep',
      stepOf('delete', 'namespace:gw'),
      undefined,
      { ...unknownState, blocked: [blocked, { ...blocked, namespace: 'elsewhere' }] },
      [
        'finalizer:things.example/v1/Thing/gw/one:example.com/hold',
        'finalizer:things.example/v1/Thing/gw/one:example.com/other',
      ],
      [],
    ],
    [
      'the same in a namespace that stays',
      stepOf('keep', 'namespace:gw'),
      undefined,
      { ...unknownState, blocked: [blocked] },
      [],
      [],
    ],
  ])('of %s', (_what, step, last, state, ways, losses) => {
    const out = waysOut(step, last, state)
    expect([out.ways, out.losses].map((each) => each.map(({ id }) => id))).toEqual([ways, losses])
    for (const each of [...out.ways, ...out.losses]) expect(each.step).toBe(step.id)
  })

  it('name the object, what is done, and what it costs', () => {
    const [kinds] = waysOut(stepOf('helm-upgrade'), revision({ objects: [thing] }), served('absent')).losses
    const [lost] = waysOut(stepOf('helm-uninstall'), revision({ record: 'damaged' }), unknownState).losses
    const [finalizer] = waysOut(stepOf('delete', 'namespace:gw'), undefined, {
      ...unknownState,
      blocked: [blocked],
    }).ways

    expect(kinds?.message).toContain('Thing gw/one (things.example/v1) is removed')
    expect(lost?.message).toMatch(/revision 3, cannot be read.*then uninstalled.*values, hooks and notes are lost/)
    expect(finalizer?.message).toMatch(/example.com\/hold of Thing gw\/one.*outside of the object stays/)
  })
})

it.each([
  [
    'finalizer:v1/ConfigMap/gw/held:example.com/hold',
    { apiVersion: 'v1', kind: 'ConfigMap', finalizer: 'example.com/hold' },
  ],
  [
    'finalizer:things.example/v1/Thing/gw/held:hold',
    { apiVersion: 'things.example/v1', kind: 'Thing', finalizer: 'hold' },
  ],
])('the id %s has all that is needed to remove the finalizer', (id, expected) => {
  expect(parseFinalizerId(id)).toEqual({ ...expected, namespace: 'gw', name: 'held' })
})

it.each(['hooks:gateway', 'finalizer:gw/held', 'finalizer:v1/ConfigMap/gw/held'])(
  '%s is no id of a finalizer',
  (id) => {
    expect(parseFinalizerId(id)).toBeUndefined()
  },
)

it('an operation takes no way that the user did not accept, and none that its plan does not show', () => {
  const ways = [{ id: 'hooks:gateway' }, { id: 'finalizer:v1/ConfigMap/gw/held:example.com/hold' }]
  expect(takenWays(ways, ['hooks:gateway', 'hooks:other'])).toEqual(['hooks:gateway'])
})
