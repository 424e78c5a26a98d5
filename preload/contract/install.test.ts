import { expect, it } from 'vitest'
import { LossId } from './install.ts'

it.each([
  ['claim:demo/data-0', true],
  ['recreate:gateway/ClusterRole/system:node:proxier', true],
  ['overwrite:gateway/RoleBinding/demo/ana smith@example.com', true],
  ['overwrite:gateway/ClusterRole/équipe~(1)', true],
  ['finalizer:v1/ConfigMap/demo/held:example.com/hold', true],
  ['claim:', false],
  ['CLAIM:demo', false],
  ['claim:demo\n', false],
  ['claim:de\u001b[31mmo', false],
  ['claim:de\u202emo', false],
  ['claim:de\u2028mo', false],
  [`claim:${'a'.repeat(601)}`, false],
])('the id of a loss %j is accepted: %s', (id, isAccepted) => {
  expect(LossId.safeParse(id).success).toBe(isAccepted)
})
