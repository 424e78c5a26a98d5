import { expect, it } from 'vitest'
import type { PlanLoss, PlanStep } from '../../preload/contract/install.ts'
import { planGroups } from './planGroups.ts'

const step = (id: string, kind: PlanStep['kind'], release?: string): PlanStep => ({
  id,
  title: id,
  kind,
  ...(release !== undefined && { release }),
  before: '',
  after: '',
  needs: [],
  objects: [],
  changes: [],
  notes: [],
})

const shown = (...steps: PlanStep[]) =>
  planGroups({ steps, losses: [] }).map(({ id, rows, counts, isOpen }) => [
    id,
    rows.map(({ position }) => position),
    counts.map(([act, count]) => `${act} ${count}`).join(', '),
    isOpen ? 'open' : 'closed',
  ])

it('a first install is a few closed groups, whose rows keep their place in the plan', () => {
  expect(
    shown(
      step('namespace:a', 'namespace'),
      step('secret:a/one', 'secret'),
      step('secret:a/theirs', 'keep'),
      step('release:flux', 'helm-install', 'flux'),
      step('release:gateway', 'flux-apply', 'gateway'),
      step('verify', 'verify'),
    ),
  ).toEqual([
    ['namespaces', [1], 'create 1', 'closed'],
    ['secrets', [2, 3], 'write 1, keep 1', 'closed'],
    ['releases', [4, 5], 'create 1, write 1', 'closed'],
    ['verify', [6], 'verify 1', 'closed'],
  ])
})

it.each(['helm-upgrade', 'helm-repair', 'helm-recover', 'helm-uninstall', 'flux-delete'] as const)(
  'a group with %s is open: it changes what exists',
  (kind) => {
    const groups = shown(step('namespace:a', 'keep'), step('release:x', kind, 'x'), step('release:y', 'keep', 'y'))
    expect(groups.map(([id, , , open]) => [id, open])).toEqual([
      ['namespaces', 'closed'],
      ['releases', 'open'],
    ])
  },
)

it('deleted and kept objects of an uninstall are with their kind', () => {
  expect(
    shown(
      step('release:x', 'helm-uninstall', 'x'),
      step('definitions:x', 'keep'),
      step('secret:a/one', 'delete'),
      step('namespace:a', 'delete'),
      step('claim:a/data', 'keep'),
    ).map(([id]) => id),
  ).toEqual(['namespaces', 'secrets', 'releases', 'claims', 'other'])
})

it('a group with a loss is open', () => {
  const loss: PlanLoss = { id: 'secret:a/one', step: 'secret:a/one', kind: 'secret', message: '', objects: [] }
  const [group] = planGroups({ steps: [step('secret:a/one', 'secret')], losses: [loss] })
  expect(group?.isOpen).toBe(true)
})
