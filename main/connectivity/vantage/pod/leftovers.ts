import type { V1Job } from '@kubernetes/client-node'
import type { Raw } from '../../../lib/kubernetes/raw.ts'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import type { ProcessId } from '../../../lib/process-id.ts'
import { labelKeys } from './manifest.ts'

export const jobKind = { apiVersion: 'batch/v1', kind: 'Job' } as const

/** A running Hangar has read the log of an ended probe by then. */
const readMs = 30_000
/** Tolerance for clocks that differ. */
const spareMs = 60_000

export interface CurrentState {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Hash of this user and computer. */
  readonly host: string
  readonly isRunning: (process: ProcessId) => boolean
}

/** Whether no run needs a probe's Job any more: it ended, is overdue, or its process no longer runs. Pure. */
export function isLeftover(job: KubernetesObject, { now, host, isRunning }: CurrentState): boolean {
  const { labels = {}, annotations = {}, creationTimestamp = '' } = job.metadata
  if (labels[labelKeys.probe] === undefined || job.metadata.deletionTimestamp !== undefined) return false
  const { spec, status } = job as Raw<V1Job> // the kind that was listed
  const ended = status?.conditions?.find((one) => /^(Complete|Failed)$/.test(one.type) && one.status === 'True')
  if (ended !== undefined) return now - Date.parse(ended.lastTransitionTime ?? creationTimestamp) > readMs
  if (labels[labelKeys.host] === host && !isRunning(processOf(annotations[labelKeys.process] ?? ''))) return true
  const deadlineSeconds = spec?.activeDeadlineSeconds ?? 0
  return now - Date.parse(creationTimestamp) > deadlineSeconds * 1_000 + spareMs
}

export const processLabel = ({ pid, started }: ProcessId): string => `${pid} ${started}`.trim()

function processOf(text: string): ProcessId {
  const [pid = '', ...started] = text.split(' ')
  return { pid: Number(pid) || 0, started: started.join(' ') }
}
