import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'

/** `uninstalled`: an uninstall was the last to succeed; the core keeps the time of the last install. */
export type PlanePhase = 'planned' | 'installed' | 'uninstalled'

/** `operation`: the newest install or uninstall of the plane. */
export function planePhase(
  { installedAt }: Pick<Plane, 'installedAt'>,
  operation: Pick<Operation, 'kind' | 'state' | 'endedAt'> | undefined,
): PlanePhase {
  if (operation?.kind === 'uninstall' && operation.state === 'done') return 'uninstalled'
  return installedAt === undefined ? 'planned' : 'installed'
}
