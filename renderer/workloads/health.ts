import type { ComponentStatus, Health } from '../../preload/contract/workloads.ts'

/** `absent`: not in the cluster, as expected. */
export type ShownHealth = Health | 'absent'

export type ShownComponent = Omit<ComponentStatus, 'health'> & { readonly health: ShownHealth }

/** Which components have to be in the cluster. `some`: an installation or an uninstall is not over. */
export type Expected = 'none' | 'some' | 'all'

/** Worst first. */
export const healthOrder = [
  'degraded',
  'missing',
  'unknown',
  'progressing',
  'suspended',
  'healthy',
  'absent',
] as const satisfies ShownHealth[]

/** The vendor or the cluster's owner runs it: that its health is unknown is normal, and no news. */
export const isOutsideOfPlane = ({ providedBy }: Pick<ComponentStatus, 'providedBy'>): boolean =>
  providedBy === 'vendor' || providedBy === 'cluster'

/** What is not installed yet, or not any more, is no fault. Pure. */
export function shownComponents(components: readonly ComponentStatus[], expected: Expected): readonly ShownComponent[] {
  if (expected === 'all') return components
  return components.map((component) => {
    const { health } = component
    const isAbsent =
      health === 'missing' || (health === 'unknown' && expected === 'none' && !isOutsideOfPlane(component))
    return isAbsent ? { ...component, health: 'absent', reason: '', since: undefined } : component
  })
}

/** Components that need attention. */
export const unhealthyCount = (components: readonly Pick<ShownComponent, 'health'>[]): number =>
  components.filter(({ health }) => health === 'degraded' || health === 'missing').length
