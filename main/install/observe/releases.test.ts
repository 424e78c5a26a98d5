import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { labelKeys } from '../labels.ts'
import { exceedsLimits, isForeign, type Revision, readRecord } from './releases.ts'

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

/** What reading a record of this content fails with. */
const failureOf = (data: string): Promise<unknown> =>
  readRecord(data).then(
    () => undefined,
    (error: unknown) => error,
  )
const packed = (content: string | Buffer): string =>
  Buffer.from(gzipSync(content, { level: 1 }).toString('base64')).toString('base64')

it.each([
  ['no gzip', Buffer.from('damaged').toString('base64'), false],
  ['nothing', '', false],
  ['truncated', packed('{"name":"gateway"}').slice(0, 20), false],
  ['no JSON', packed('damaged'), false],
  // Helm reads it, so it must not be made again.
  ['larger than what Hangar reads', packed(Buffer.alloc(33 * 1_048_576, ' ')), true],
  ['of too many levels', packed(`${'['.repeat(20_000)}${']'.repeat(20_000)}`), true],
])('a record that is %s is damaged, unless only the limits forbid to read it', async (_what, data, expected) => {
  expect(exceedsLimits(await failureOf(data))).toBe(expected)
})
