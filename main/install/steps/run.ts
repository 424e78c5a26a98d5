import type { ClusterConnection, KubernetesClient } from '../../lib/kubernetes/client.ts'
import type { JournalRecord, OperationHandle } from '../../lib/operation.ts'
import type { Helm } from '../helm/helm.ts'
import type { PlaneInstallation } from '../plan/desired.ts'
import type { Placed } from '../plan/manifest.ts'
import type { InstallPorts } from '../ports.ts'

/** What every step of one running operation works with. */
export interface Run {
  readonly handle: OperationHandle
  readonly client: KubernetesClient
  readonly connection: ClusterConnection
  readonly helm: Helm
  readonly place: PlaneInstallation
  readonly secret: InstallPorts['secret']
  /** What a release renders to, named as it stands in the cluster. */
  readonly objectsOf: (release: string) => readonly Placed[]
  /** All that this operation recorded, in earlier lives and in this one. */
  readonly journal: readonly JournalRecord[]
  /** Writes to the journal, and to `journal`; on disk when it returns. */
  record(event: string, step: string, data: NonNullable<JournalRecord['data']>): Promise<void>
}

/** What a step came to: whether it did anything, and what a person should know. */
export interface StepResult {
  readonly changed: boolean
  readonly message: string
}

/** How often the cluster is looked at while something is waited for. */
export const lookEveryMs = 1_000

export function startRun(parts: Omit<Run, 'journal' | 'record'>): Run {
  const { handle } = parts
  const journal = [...handle.history]
  return {
    ...parts,
    journal,
    async record(event, step, data) {
      await handle.record(event, step, data)
      journal.push({ at: new Date().toISOString(), event, step, data })
    },
  }
}
