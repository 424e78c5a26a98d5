import { coerce, satisfies, validRange } from 'semver'

/**
 * Whether a version of Kubernetes such as `v1.29.4-gke.1043000` is in a range such as `>=1.30 <1.38 || 1.40`. What a vendor
 * adds after the patch does not count; to semver it would be a pre-release, which is in no range. Undefined where either
 * cannot be parsed.
 */
export function isInRange(version: string, range: string): boolean | undefined {
  const release = /^\s*v?\d+\.\d/.test(version) ? coerce(version) : null
  // Commas separate comparators in Helm's ranges, and blanks in npm's.
  const comparators = validRange(range.replaceAll(',', ' '))
  if (release === null || comparators === null || range.trim() === '') return undefined
  return satisfies(release, comparators)
}
