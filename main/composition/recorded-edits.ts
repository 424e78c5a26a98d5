import type { Activity } from '../activity/activity.ts'
import { changedParts, partsOfDifference } from '../activity/profile-parts.ts'
import type { Profiles } from '../profiles/profiles.ts'
import type { Core } from './core.ts'

type Approve = (input: { readonly planeId: string; readonly digest: string }) => Promise<void>

/** The same, with a record of each edit of a profile and of each approval once it has succeeded. */
export function recordedEdits(
  { profiles, planes, approvals }: Core,
  activity: Pick<Activity, 'edited'>,
  approve: Approve,
): { readonly profiles: Profiles; readonly approveProfile: Approve } {
  const none = { parts: [], moreParts: 0, planeId: null }
  return {
    profiles: {
      ...profiles,
      async save(input) {
        // What was saved before can be invalid: then its parts are unknown.
        const before = await profiles.get(input).catch(() => undefined)
        const entry = await profiles.save(input)
        const parts = before === undefined ? {} : changedParts(before, await profiles.get(input))
        await activity.edited({ ...none, ...parts, action: 'edited', profile: input.name })
        return entry
      },
      async copy(input) {
        const entry = await profiles.copy(input)
        await activity.edited({ ...none, action: 'copied', profile: input.newName })
        return entry
      },
      async remove(input) {
        await profiles.remove(input)
        await activity.edited({ ...none, action: 'removed', profile: input.name })
      },
    },
    async approveProfile(input) {
      const plane = await planes.get(input.planeId)
      const change = await approvals.change(plane).catch(() => undefined)
      await approve(input)
      const parts = change === undefined ? {} : partsOfDifference(change.difference)
      const profile = plane.profile.slice(0, 300)
      await activity.edited({ ...none, ...parts, action: 'approved', profile, planeId: input.planeId })
    },
  }
}
