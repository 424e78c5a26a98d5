import { expect, it } from 'vitest'
import type { Desired } from '../../plan/desired.ts'
import { permissionsFor } from './needed-permissions.ts'
import { formatPermission } from './permissions.ts'

const resource = (apiVersion: string, kind: string, plural: string, namespaced = true) => ({
  apiVersion,
  kind,
  plural,
  namespaced,
  verbs: [],
})
const discovery = {
  version: 'v1.36.3',
  apiVersions: [],
  resources: [
    resource('apps/v1', 'Deployment', 'deployments'),
    resource('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false),
  ],
}
const base = {
  namespace: 'demo',
  title: '',
  timeoutSeconds: 60,
  chart: { file: '', digest: '', name: '', version: '' },
  values: {},
  contentDigest: '',
}
const desired: Desired = {
  planeId: '',
  plane: '',
  profile: 'demo',
  context: '',
  namespaces: ['demo'],
  secrets: [],
  releases: [
    { ...base, name: 'one', via: 'helm' },
    { ...base, name: 'two', via: 'flux' },
  ],
}

it('an install needs permissions for the rendered objects in their namespaces, and for the objects of Hangar itself', () => {
  const things = { group: 'example.com', names: { kind: 'Thing', plural: 'things' }, scope: 'Namespaced' }
  const rendered = new Map([
    [
      'one',
      [
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } },
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'b' } },
        { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', spec: things },
        { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'c', namespace: 'other' } },
      ],
    ],
    ['two', [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'z', namespace: 'flux-does-this' } }]],
  ])

  const needed = permissionsFor(desired, rendered, discovery, { namespaces: new Map([['demo', 'absent']]) }).map(
    formatPermission,
  )

  expect(needed).toEqual(
    expect.arrayContaining([
      'create namespaces (cluster-wide)',
      'create leases.coordination.k8s.io in demo',
      'create deployments.apps in demo',
      'watch deployments.apps in demo',
      'create clusterroles.rbac.authorization.k8s.io (cluster-wide)',
      'patch things.example.com in other',
      'update secrets in demo',
      'patch helmreleases.helm.toolkit.fluxcd.io in demo',
    ]),
  )
  expect(needed.join()).not.toContain('flux-does-this')
})
