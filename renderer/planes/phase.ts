import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import type { Expected } from '../workloads/health.ts'

/** `uninstalled`: an uninstall was the last to succeed. */
export type PlanePhase = 'planned' | 'installed' | 'uninstalled'

type LastOperation = Pick<Operation, 'kind' | 'state'> | undefined

/** `operation`: the newest install or uninstall of the plane. A former version recorded an uninstall only there. */
export function planePhase(
  { installedAt, connectedAt, uninstalledAt }: Pick<Plane, 'installedAt' | 'connectedAt' | 'uninstalledAt'>,
  operation: LastOperation,
): PlanePhase {
  if (uninstalledAt !== undefined) return 'uninstalled'
  if (operation?.kind === 'uninstall' && operation.state === 'done') return 'uninstalled'
  // A plane that was connected to runs already, installed by Hangar or by others.
  return (installedAt ?? connectedAt) === undefined ? 'planned' : 'installed'
}

/** A plane of others, or a recorded one, has no install or uninstall. */
export const canInstall = ({ installedBy, recordedAt }: Pick<Plane, 'installedBy' | 'recordedAt'>): boolean =>
  installedBy !== 'others' && recordedAt === undefined

/** Running, or to be resumed. */
export const isOpen = (operation: LastOperation): boolean =>
  operation !== undefined && operation.state !== 'done' && operation.state !== 'cancelled'

/** Which components have to be in the cluster. An operation that is not over leaves some of them. */
export function expectedComponents(phase: PlanePhase, operation: LastOperation): Expected {
  if (phase === 'installed') return operation?.kind === 'uninstall' && isOpen(operation) ? 'some' : 'all'
  return operation === undefined ? 'none' : 'some'
}
