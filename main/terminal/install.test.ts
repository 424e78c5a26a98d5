import { expect, it } from 'vitest'
import type { Plan } from '../../preload/contract/install.ts'
import type { StepProgress } from '../../preload/contract/operations.ts'
import { canContinue, resumeLine, wayLines } from './install.ts'

const way = (id: string): Plan['ways'][number] => ({
  id,
  step: 'release:gateway',
  kind: 'hooks',
  message: 'Uninstall release gateway without its hooks.',
  objects: [],
})
const loss = (id: string, kind: Plan['losses'][number]['kind']): Plan['losses'][number] => ({
  ...way(id),
  kind,
})

it.each([
  ['failed', ['resume', 'forget'], true],
  ['failed', ['forget'], false],
  ['done', [], false],
] as const)('an operation that is %s, with the offers %j, can be continued: %s', (state, offers, expected) => {
  expect(canContinue({ state, offers: [...offers] })).toBe(expected)
})

it('a resume names all steps that ran when the operation was interrupted', () => {
  const step = (title: string, state: StepProgress['state']) => ({
    id: title,
    title,
    state,
    needs: [],
    waitingOn: [],
    objects: [],
  })
  const steps = [step('Install A', 'running'), step('Install B', 'running'), step('Verify', 'pending')]
  const operation = { title: 'Install demo', done: 1, total: 4, steps }

  expect(resumeLine(operation)).toBe(
    'Install demo: 1 of 4 steps were done. Interrupted while it ran, so the cluster is read first: "Install A", "Install B".',
  )
  expect(resumeLine({ ...operation, steps: [] })).toBe('Install demo: 1 of 4 steps were done.')
})

it('each way out and each recovery of a plan is printed as one command, and a loss is not', () => {
  const losses = [loss('recover:gateway', 'recovery'), loss('claim:gw/data', 'claim')]

  expect(wayLines({ action: 'uninstall', ways: [way('hooks:gateway')], losses }, 'demo')).toEqual([
    'Way out: Uninstall release gateway without its hooks.\n  hangar uninstall --plane demo --accept-loss hooks:gateway',
    'Way out: Uninstall release gateway without its hooks.\n  hangar uninstall --plane demo --accept-loss recover:gateway',
  ])
})

it('a name of the cluster cannot put a command of its own into the one that is printed', () => {
  const hostile = loss('recreate:gateway/ClusterRole/$(reboot)', 'recreate')
  expect(
    wayLines({ action: 'install', ways: [way('finalizer:v1/A/b/c:d;reboot')], losses: [hostile] }, 'demo'),
  ).toEqual([])
})
