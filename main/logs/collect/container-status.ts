import type { Run } from './beginning.ts'

export interface ContainerStatus {
  readonly restarts: number
  readonly isRunning: boolean
  /** It has ended, and does not start again. */
  readonly hasEnded: boolean
  /** Of the current log, and of the previous one: in CrashLoopBackOff it is the same. */
  readonly run: Run | undefined
  readonly previousRun: Run | undefined
}

interface StateOfContainer {
  readonly running?: { readonly startedAt?: string | null }
  readonly terminated?: {
    readonly exitCode?: number
    readonly startedAt?: string | null
    readonly finishedAt?: string | null
  }
}

interface StatusOfContainer {
  readonly name: string
  readonly restartCount?: number
  readonly state?: StateOfContainer
  readonly lastState?: StateOfContainer
}

export interface Pod {
  readonly metadata?: { readonly uid?: string }
  readonly spec?: { readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[] }
  readonly status?: {
    readonly phase?: string
    readonly containerStatuses?: readonly StatusOfContainer[]
    readonly initContainerStatuses?: readonly StatusOfContainer[]
    readonly ephemeralContainerStatuses?: readonly StatusOfContainer[]
  }
}

export function statusOf({ spec, status }: Pod, name: string): ContainerStatus {
  const named = (all: readonly StatusOfContainer[] | undefined) => all?.find((each) => each.name === name)
  const [main, init, ephemeral] = [
    named(status?.containerStatuses),
    named(status?.initContainerStatuses),
    named(status?.ephemeralContainerStatuses),
  ]
  const found = main ?? init ?? ephemeral
  const terminated = found?.state?.terminated
  const isSidecar = spec?.initContainers?.find((each) => each.name === name)?.restartPolicy === 'Always'
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed'
  const endsForGood =
    isOver || ephemeral !== undefined || (init !== undefined && !isSidecar && terminated?.exitCode === 0)
  return {
    restarts: found?.restartCount ?? 0,
    isRunning: found?.state?.running !== undefined,
    hasEnded: terminated !== undefined && endsForGood,
    run: runOf(found?.state) ?? runOf(found?.lastState),
    previousRun: runOf(found?.lastState),
  }
}

function runOf({ running, terminated }: StateOfContainer = {}): Run | undefined {
  const startedMs = msOf(running?.startedAt ?? terminated?.startedAt)
  return startedMs === undefined ? undefined : { startedMs, finishedMs: msOf(terminated?.finishedAt) }
}

/** Undefined where the kubelet does not know the time: then it has sent none, or null. */
function msOf(time: string | null | undefined): number | undefined {
  const ms = Date.parse(time ?? '')
  return Number.isNaN(ms) ? undefined : ms
}
