import { expect, it } from 'vitest'
import { blockedDeletion } from './blocked-deletions.ts'

const now = Date.parse('2026-01-01T00:01:00Z')
const objectOf = (finalizers: readonly string[], deletionTimestamp: string | undefined = '2026-01-01T00:00:00Z') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'held', namespace: 'gw', finalizers, deletionTimestamp },
})

it.each([
  ['a finalizer of another controller', objectOf(['example.com/hold']), ['example.com/hold']],
  ['one among those of Kubernetes', objectOf(['foregroundDeletion', 'example.com/hold']), ['example.com/hold']],
  ['no finalizer of Kubernetes', objectOf(['kubernetes.io/pvc-protection', 'foregroundDeletion', 'orphan']), undefined],
  ['no finalizer at all', objectOf([]), undefined],
  ['a deletion that has just begun', objectOf(['example.com/hold'], '2026-01-01T00:00:55Z'), undefined],
])('an object that is being deleted is blocked by %s', (_what, object, expected) => {
  expect(blockedDeletion(object, now)?.finalizers).toEqual(expected)
})

it('an object that is not being deleted is not blocked', () => {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'gw', finalizers: ['x.y/z'] },
  }
  expect(blockedDeletion(object, now)).toBeUndefined()
})
