import type { Operation } from '../../preload/contract/operations.ts'
import type { PlanePhase } from './phase.ts'

/** The state of a plane, as far as the next step depends on it. */
export interface PlaneState {
  readonly phase: PlanePhase
  /** The newest install or uninstall. */
  readonly operation: Pick<Operation, 'kind' | 'state'> | undefined
  readonly connection: 'connecting' | 'live' | 'stale' | 'refused' | undefined
  readonly unhealthy: number
  /** undefined: connectivity was never checked. */
  readonly failedEndpoints: number | undefined
  readonly collecting: boolean
}

/** In order of urgency; the first condition that holds decides. Texts: `planes.nextStep` in the catalogue. */
const steps = [
  { id: 'interrupted', tab: 'install', when: ({ operation }) => operation?.state === 'interrupted' },
  { id: 'running', tab: 'install', when: ({ operation }) => operation?.state === 'running' },
  { id: 'failed', tab: 'install', when: ({ operation }) => operation?.state === 'failed' },
  { id: 'uninstalled', tab: 'install', when: ({ phase }) => phase === 'uninstalled' },
  { id: 'notInstalled', tab: 'install', when: ({ phase }) => phase === 'planned' },
  {
    id: 'unhealthy',
    tab: 'workloads',
    when: ({ connection, unhealthy }) => connection === 'live' && unhealthy > 0,
  },
  {
    id: 'failedConnections',
    tab: 'connectivity',
    when: ({ failedEndpoints }) => failedEndpoints !== undefined && failedEndpoints > 0,
  },
  { id: 'unreachable', tab: 'logs', when: ({ connection }) => connection === 'stale' },
  { id: 'unchecked', tab: 'connectivity', when: ({ failedEndpoints }) => failedEndpoints === undefined },
  { id: 'notCollecting', tab: 'logs', when: ({ collecting }) => !collecting },
] as const satisfies readonly {
  readonly id: string
  readonly tab: 'install' | 'connectivity' | 'workloads' | 'logs'
  readonly when: (state: PlaneState) => boolean
}[]

export type NextStep = Pick<(typeof steps)[number], 'id' | 'tab'>

/** The step to suggest to the user; undefined when there is nothing to do. */
export function nextStep(state: PlaneState): NextStep | undefined {
  return steps.find(({ when }) => when(state))
}
