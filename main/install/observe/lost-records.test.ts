import { expect, it } from 'vitest'
import type { KubernetesObject } from './kubernetes-object.ts'
import { objectsOfRelease } from './lost-records.ts'

const marks = { 'meta.helm.sh/release-name': 'gateway', 'meta.helm.sh/release-namespace': 'gw' }
const objectOf = (more: KubernetesObject['metadata'] = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'words', namespace: 'gw', annotations: marks, labels: { secret: 'x' }, ...more },
  data: { password: 'canary' },
})

it.each([
  ['an object with the marks of the release', objectOf(), 1],
  ['one in another namespace', objectOf({ namespace: 'elsewhere' }), 1],
  ['one of the whole cluster', objectOf({ namespace: undefined }), 1],
  ['no object without marks', objectOf({ annotations: {} }), 0],
  ['no object of another release', objectOf({ annotations: { ...marks, 'meta.helm.sh/release-name': 'other' } }), 0],
  [
    'no object of a release of that name in another namespace',
    objectOf({ annotations: { ...marks, 'meta.helm.sh/release-namespace': 'other' } }),
    0,
  ],
  // A ReplicaSet has the marks of its Deployment.
  ['no object that its owner deletes', objectOf({ ownerReferences: [{ kind: 'Deployment' }] }), 0],
  ['no object that is being deleted', objectOf({ deletionTimestamp: '2026-01-01T00:00:00Z' }), 0],
])('the objects of a release include %s', (_what, object, count) => {
  expect(objectsOfRelease([object], { name: 'gateway', namespace: 'gw' })).toHaveLength(count)
})

it('an object is recorded by its name alone, and with the mark of one that helm keeps', () => {
  const kept = objectOf({ annotations: { ...marks, 'helm.sh/resource-policy': 'keep', other: 'x' } })
  expect(objectsOfRelease([kept], { name: 'gateway', namespace: 'gw' })).toEqual([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'words', namespace: 'gw', annotations: { 'helm.sh/resource-policy': 'keep' } },
    },
  ])
})
