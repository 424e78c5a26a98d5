import type { ProfileChange } from './contract/profile-change.ts'

/** `moved`: the profile is what the user approved, but settings of the plane send credentials to other destinations. */
export type ReasonToApprove = 'unapproved' | 'moved' | 'builtIn' | 'changed'

/** Why the user is asked to approve. Pure. */
export function reasonToApprove({ approved, origin, difference, problem }: ProfileChange): ReasonToApprove {
  if (approved === null) return 'unapproved'
  const { credentials, endpoints, releases, files, fields, settingsSchema } = difference
  const sameProfile = !settingsSchema && [endpoints, releases, files, fields].every((each) => each.length === 0)
  if (problem === undefined && sameProfile && credentials.length > 0) return 'moved'
  return origin === 'built-in' ? 'builtIn' : 'changed'
}
