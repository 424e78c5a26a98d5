import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'

/** What is known of a plane, as far as the next step depends on it. */
export interface Standing {
  readonly plane: Pick<Plane, 'installedAt'>
  /** The newest install or uninstall. */
  readonly operation: Pick<Operation, 'kind' | 'state'> | undefined
  readonly connection: 'connecting' | 'live' | 'stale' | undefined
  readonly unhealthy: number
  /** undefined: connectivity was never checked. */
  readonly failedEndpoints: number | undefined
  readonly collecting: boolean
}

export interface NextStep {
  readonly text: string
  readonly verb: string
  readonly tab: 'install' | 'connectivity' | 'workloads' | 'logs'
}

/** The first row that holds: what cannot wait comes first. */
const table: readonly { readonly when: (standing: Standing) => boolean; readonly step: NextStep }[] = [
  {
    when: ({ operation }) => operation?.state === 'interrupted',
    step: { text: 'An operation was cut off. Look where it stood and resume it.', verb: 'Look at it', tab: 'install' },
  },
  {
    when: ({ operation }) => operation?.state === 'running',
    step: { text: 'Hangar is working on this plane now.', verb: 'Watch it', tab: 'install' },
  },
  {
    when: ({ operation }) => operation?.state === 'failed',
    step: {
      text: 'The last operation failed. See what it said and what it offers.',
      verb: 'Look at it',
      tab: 'install',
    },
  },
  {
    when: ({ plane }) => plane.installedAt === undefined,
    step: { text: 'This plane is described but not installed yet.', verb: 'Go on installing', tab: 'install' },
  },
  {
    when: ({ connection, unhealthy }) => connection === 'live' && unhealthy > 0,
    step: { text: 'Some components are not healthy. See which and why.', verb: 'Open workloads', tab: 'workloads' },
  },
  {
    when: ({ failedEndpoints }) => failedEndpoints !== undefined && failedEndpoints > 0,
    step: {
      text: 'Some connections failed when last checked. See why, and what to ask for.',
      verb: 'Open connectivity',
      tab: 'connectivity',
    },
  },
  {
    when: ({ connection }) => connection === 'stale',
    step: {
      text: 'The cluster does not answer. What was collected from it can still be searched.',
      verb: 'Search the logs',
      tab: 'logs',
    },
  },
  {
    when: ({ failedEndpoints }) => failedEndpoints === undefined,
    step: { text: 'Connectivity was never checked.', verb: 'Check connectivity', tab: 'connectivity' },
  },
  {
    when: ({ collecting }) => !collecting,
    step: { text: 'Logs are not being collected, so they cannot be searched later.', verb: 'Open logs', tab: 'logs' },
  },
]

/** What a person does next with a plane; undefined when there is nothing to do. */
export function nextStep(standing: Standing): NextStep | undefined {
  return table.find(({ when }) => when(standing))?.step
}
