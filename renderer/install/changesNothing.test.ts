import { expect, it } from 'vitest'
import type { PlanStep } from '../../preload/contract/install.ts'
import { changesNothing } from './changesNothing.ts'

const step = (kind: PlanStep['kind']): PlanStep => ({
  id: kind,
  title: kind,
  kind,
  before: '',
  after: '',
  needs: [],
  objects: [],
  changes: [],
  notes: [],
})

it.each([
  [['keep', 'verify'], true],
  [['keep', 'helm-upgrade', 'verify'], false],
  [['secret', 'verify'], false],
] as const)('a plan of %s changes nothing: %s', (kinds, nothing) => {
  expect(changesNothing({ steps: kinds.map(step) })).toBe(nothing)
})
