import type { Plan, PlanStep } from '../../../preload/contract/install.ts'
import type { ClusterConnection, KubernetesClient } from '../../lib/kubernetes/client.ts'
import type { JournalRecord, OperationHandle } from '../../lib/operation.ts'
import type { Helm } from '../helm/helm.ts'
import type { PlaneInstallation } from '../installation.ts'
import { shareProgress } from '../lease/progress.ts'
import type { ReleaseObject } from '../observe/manifest.ts'
import type { InstallPorts } from '../ports.ts'

/** What every step of a running operation needs. */
export interface Run {
  readonly handle: OperationHandle
  readonly client: KubernetesClient
  readonly connection: ClusterConnection
  readonly helm: Helm
  readonly installation: PlaneInstallation
  readonly secret: InstallPorts['secret']
  /** The rendered objects of a release, with the namespaces that they get in the cluster. */
  readonly objectsOf: (release: string) => readonly ReleaseObject[]
  /** Releases whose content is the desired one, but from which the cluster differs. */
  readonly repairs: ReadonlySet<string>
  /** Ids of the losses that the user accepted. */
  readonly acceptedLosses: readonly string[]
  /** Calls `publish` with what others see of the operation, now and after each step. */
  share(publish: (text: string) => void): void
  /** All records of this operation, including those from before it was interrupted. */
  readonly journal: readonly JournalRecord[]
  /** Appends to the journal; the record is on disk when this resolves. */
  record(event: string, step: string, data: NonNullable<JournalRecord['data']>): Promise<void>
}

/** Whether a step changed anything, and a sentence for the user. */
export interface StepOutcome {
  readonly changed: boolean
  readonly message: string
}

/** How often the cluster is read while a step waits. */
export const pollIntervalMs = 1_000

/** `steps`: of the plan, in order. */
export function startRun(
  parts: Omit<Run, 'journal' | 'record' | 'share'>,
  { action, steps }: Pick<Plan, 'action'> & { readonly steps: readonly Pick<PlanStep, 'id' | 'title'>[] },
): Run {
  const title = `${action === 'install' ? 'Install' : 'Uninstall'} ${parts.installation.plane}`
  const { handle, share } = shareProgress(parts.handle, title, steps)
  const journal = [...handle.history]
  return {
    ...parts,
    handle,
    share,
    journal,
    async record(event, step, data) {
      await handle.record(event, step, data)
      journal.push({ at: new Date().toISOString(), event, step, data })
    },
  }
}
