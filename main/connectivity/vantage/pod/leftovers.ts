import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import type { ProcessId } from '../../../lib/process-id.ts'
import { marks } from './manifest.ts'

export const jobKind = { apiVersion: 'batch/v1', kind: 'Job' } as const

/** Whoever reads the log of a probe that has ended is done with it by then. */
const readMs = 30_000
/** Clocks differ; a probe that should have ended so long ago is nobody's. */
const spareMs = 60_000

export interface Now {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Of this user on this computer. */
  readonly host: string
  readonly isRunning: (process: ProcessId) => boolean
}

interface JobStatus {
  readonly conditions?: readonly {
    readonly type: string
    readonly status: string
    readonly lastTransitionTime?: string
  }[]
}

/** Whether a probe's job is of no use to anybody any more: ended, overdue, or of a process that is gone. Pure. */
export function isLeftover(job: KubernetesObject, { now, host, isRunning }: Now): boolean {
  const { labels = {}, annotations = {}, creationTimestamp = '' } = job.metadata
  if (labels[marks.probe] === undefined || job.metadata.deletionTimestamp !== undefined) return false
  const { conditions = [] } = (job.status ?? {}) as JobStatus // the API's own form
  const ended = conditions.find(({ type, status }) => /^(Complete|Failed)$/.test(type) && status === 'True')
  if (ended !== undefined) return now - Date.parse(ended.lastTransitionTime ?? creationTimestamp) > readMs
  if (labels[marks.host] === host && !isRunning(processOf(annotations[marks.process] ?? ''))) return true
  const deadlineSeconds = Number(Reflect.get(Object(job.spec), 'activeDeadlineSeconds') ?? 0)
  return now - Date.parse(creationTimestamp) > deadlineSeconds * 1_000 + spareMs
}

export const sayProcess = ({ pid, started }: ProcessId): string => `${pid} ${started}`.trim()

function processOf(text: string): ProcessId {
  const [pid = '', ...started] = text.split(' ')
  return { pid: Number(pid) || 0, started: started.join(' ') }
}
