import type { Profile } from '../../../preload/contract/profiles.ts'
import { referencesOf } from './substitution.ts'

/** Files with roots that the profile names itself; those that a setting names are the user's. Pure. */
export function rootFiles({ endpoints }: Pick<Profile, 'endpoints'>): string[] {
  const files = endpoints.flatMap(({ clientProfile: { trust } }) =>
    typeof trust === 'object' && 'file' in trust && referencesOf(trust.file).length === 0 ? [trust.file] : [],
  )
  return [...new Set(files)].toSorted()
}
