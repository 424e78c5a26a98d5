import { describe, expect, it } from 'vitest'
import type { ProfileChange, ProfileDifference } from './contract/profile-change.ts'
import { reasonToApprove } from './profile-difference.ts'

const none: ProfileDifference = {
  credentials: [],
  endpoints: [],
  releases: [],
  files: [],
  settingsSchema: false,
  fields: [],
}
const moved = { ...none, credentials: [{ credential: 'token', before: ['https a:443'], after: ['https b:443'] }] }
const base: ProfileChange = {
  planeId: '00000000-0000-4000-8000-000000000000',
  plane: 'p',
  profile: 'demo',
  origin: 'own',
  digest: 'd',
  approved: { digest: 'e', at: '2026-01-01T00:00:00Z' },
  difference: none,
}
const problem = { code: 'PROFILE_UNKNOWN', message: '', hint: '', evidence: '' }

describe('reasonToApprove', () => {
  it.each<[string, Partial<ProfileChange>, ReturnType<typeof reasonToApprove>]>([
    ['nothing was approved', { approved: null, difference: moved }, 'unapproved'],
    ['only a setting moved a credential', { difference: moved }, 'moved'],
    ['a setting of a built-in profile moved a credential', { origin: 'built-in', difference: moved }, 'moved'],
    ['a credential moved with a field of the profile', { difference: { ...moved, fields: ['title'] } }, 'changed'],
    ['a credential moved with the schema', { difference: { ...moved, settingsSchema: true } }, 'changed'],
    ['only comments changed', {}, 'changed'],
    ['another version of Hangar has another profile', { origin: 'built-in' }, 'builtIn'],
    ['the profile cannot be read', { difference: moved, problem }, 'changed'],
  ])('%s', (_what, change, reason) => {
    expect(reasonToApprove({ ...base, ...change })).toBe(reason)
  })
})
