import { expect, it } from 'vitest'
import type { Context } from '../../preload/contract/clusters.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { otherContextFor } from './reach.ts'

const contextOf = (id: string, name: string, current = false): Context => ({
  id,
  name,
  file: '/kubeconfig',
  cluster: 'c',
  server: 'https://cluster.example',
  user: 'u',
  authentication: 'token',
  current,
})
const plane: Plane = {
  id: '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11',
  name: 'north',
  profile: 'demo',
  contextId: 'old',
  contextName: 'prod',
  managementModel: 'self',
  settings: {},
  overridden: [],
  createdAt: '2026-01-01T00:00:00Z',
}
const own = contextOf('old', 'prod')
const moved = contextOf('new', 'prod')
const current = contextOf('other', 'admin', true)

it.each([
  ['its own context, which still exists', [own, current], undefined, undefined],
  ['its own context, which is named', [own, current], 'prod', undefined],
  ['the context that is named', [own, current], 'admin', 'other'],
  ['a context of the same name in another file', [moved, current], undefined, 'new'],
  ['the current context of a file that has neither', [current], undefined, 'other'],
  ['no context of an empty file', [], undefined, undefined],
])('a plane is reached by %s', (_what, contexts, context, expected) => {
  expect(otherContextFor(plane, contexts, { context })?.id).toBe(expected)
})
