import type { Observation, PlaneVerdict } from '../../preload/contract/fleet.ts'
import type { Plane } from '../../preload/contract/planes.ts'

/**
 * What an observation says of a plane, for the bar of its hours. Undefined: nothing, since the user has to decide something
 * first, since the plane is not installed, or since its components are not read yet. Pure.
 */
export function verdictOf(
  { problem, asOf, components }: Observation,
  { installedAt, connectedAt, uninstalledAt }: Pick<Plane, 'installedAt' | 'connectedAt' | 'uninstalledAt'>,
): PlaneVerdict | undefined {
  if (problem?.code === 'CONSENT_NEEDED' || problem?.code === 'PROFILE_CHANGED') return undefined
  if (problem !== undefined) return 'unreachable'
  if (asOf === null || (installedAt ?? connectedAt) === undefined || uninstalledAt !== undefined) return undefined
  const own = components.filter(({ providedBy }) => providedBy !== 'vendor' && providedBy !== 'cluster')
  const has = (list: Observation['components'], ...healths: string[]) =>
    list.some(({ health }) => healths.includes(health))
  if (has(components, 'degraded', 'missing')) return 'failing'
  return has(components, 'progressing') || has(own, 'unknown') ? 'warning' : 'healthy'
}
