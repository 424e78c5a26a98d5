import type { Health } from '../../preload/contract/workloads.ts'
import type { WorkloadsSnapshot } from './store.ts'

/** Worst first. */
export const healthOrder = [
  'degraded',
  'missing',
  'unknown',
  'progressing',
  'suspended',
  'healthy',
] as const satisfies Health[]

/** Components that need attention. */
export const unhealthyCount = (snapshot: WorkloadsSnapshot | undefined): number =>
  snapshot?.components.filter(({ health }) => health === 'degraded' || health === 'missing').length ?? 0
