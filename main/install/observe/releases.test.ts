import { expect, it } from 'vitest'
import { labelKeys } from '../labels.ts'
import { isForeign, type Revision } from './releases.ts'

it('a release is foreign if no revision has the profile label; a rollback by hand keeps it ours', () => {
  const theirs: Revision = { secret: '', revision: 2, status: 'deployed', labels: {}, changedAt: 0 }
  const ours: Revision = { ...theirs, revision: 1, labels: { [labelKeys.profile]: 'demo' } }
  expect(isForeign([theirs], 'demo')).toBe(true)
  expect(isForeign([ours, theirs], 'demo')).toBe(false)
  expect(isForeign([], 'demo')).toBe(false)
})
