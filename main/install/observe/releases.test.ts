import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { labelKeys } from '../labels.ts'
import { isForeign, type Revision, readRecord } from './releases.ts'

it('a release is foreign if no revision has the profile label; a rollback by hand keeps it ours', () => {
  const theirs: Revision = { secret: '', revision: 2, status: 'deployed', labels: {}, changedAt: 0 }
  const ours: Revision = { ...theirs, revision: 1, labels: { [labelKeys.profile]: 'demo' } }
  expect(isForeign([theirs], 'demo')).toBe(true)
  expect(isForeign([ours, theirs], 'demo')).toBe(false)
  expect(isForeign([], 'demo')).toBe(false)
})

it.each([
  ['thousands of levels', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ['millions of values', `[${'[],'.repeat(5_000_000)}0]`],
])('a record of %s, which a tenant wrote, is not parsed', async (_, bomb) => {
  const inner = gzipSync(`{"info":${bomb}}`, { level: 1 }).toString('base64')
  await expect(readRecord(Buffer.from(inner).toString('base64'))).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' })
})
