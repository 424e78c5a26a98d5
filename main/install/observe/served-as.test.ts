import { expect, it } from 'vitest'
import type { Discovery } from '../../lib/kubernetes/discovery.ts'
import { servedAs } from './served-as.ts'

const resource = (apiVersion: string, kind: string) => ({
  apiVersion,
  kind,
  plural: `${kind.toLowerCase()}s`,
  namespaced: true,
  verbs: ['list', 'delete'],
})
const discovery: Discovery = {
  version: 'v1.36.3',
  apiVersions: ['v1', 'apps/v1', 'policy/v1', 'things.example/v1', 'metrics.example/v1', 'networking.k8s.io/v1'],
  resources: [
    resource('v1', 'ConfigMap'),
    resource('apps/v1', 'Deployment'),
    resource('policy/v1', 'PodDisruptionBudget'),
    resource('networking.k8s.io/v1', 'Ingress'),
    resource('things.example/v1', 'Other'),
  ],
}

it.each([
  ['v1', 'ConfigMap', 'served'],
  ['policy/v1beta1', 'PodDisruptionBudget', { apiVersion: 'policy/v1' }],
  ['extensions/v1beta1', 'Deployment', { apiVersion: 'apps/v1' }],
  ['extensions/v1beta1', 'Ingress', { apiVersion: 'networking.k8s.io/v1' }],
  // Its group is served for another kind: the definition of this one is gone.
  ['things.example/v1', 'Thing', 'absent'],
  ['gone.example/v1', 'Gone', 'absent'],
  // The server of an aggregated API does not answer: nothing is known.
  ['metrics.example/v1', 'Metric', undefined],
  ['metrics.example/v1beta1', 'Metric', undefined],
])('%s %s is %j', (apiVersion, kind, expected) => {
  expect(servedAs(discovery, { apiVersion, kind })).toEqual(expected)
})
