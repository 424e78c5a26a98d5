import { expect, it } from 'vitest'
import type { Operation } from '../../preload/contract/operations.ts'
import { closeOvertaken, overtakenBy } from './entries.ts'

const planeId = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const header = (id: string, kind: Operation['kind'], minute: number, plane = planeId) => ({
  id,
  kind,
  planeId: plane,
  startedAt: `2026-01-01T00:0${minute}:00Z`,
})
const own = header('own', 'install', 1)

it.each([
  ['no other operation', [own], undefined],
  ['a newer install', [own, header('newer', 'install', 2)], 'newer'],
  ['the newest of several', [own, header('newer', 'install', 2), header('newest', 'uninstall', 3)], 'newest'],
  ['no older operation', [own, header('older', 'uninstall', 0)], undefined],
  ['no collection of logs', [own, header('logs', 'collect', 2)], undefined],
  ['no operation of another plane', [own, header('other', 'install', 2, 'another')], undefined],
])('an install is overtaken by %s', (_what, others, expected) => {
  expect(overtakenBy(own, others)).toBe(expected)
})

it('a collection of logs is not overtaken', () => {
  expect(overtakenBy(header('logs', 'collect', 1), [header('newer', 'install', 2)])).toBeUndefined()
})

it.each([
  ['interrupted', 'cancelled', ['forget']],
  ['failed', 'failed', ['forget']],
  ['cancelled', 'cancelled', ['forget']],
  ['running', 'running', ['resume']],
  ['done', 'done', ['resume']],
] as const)('an overtaken operation that is %s is shown as %s', (state, shown, offers) => {
  const view: Operation = {
    ...own,
    id: planeId,
    title: 'Install',
    state,
    updatedAt: own.startedAt,
    done: 0,
    steps: [],
    offers: ['resume'],
  }
  expect(closeOvertaken(view, 'newer')).toMatchObject({ state: shown, offers })
})
