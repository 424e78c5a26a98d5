import { setTimeout as sleep } from 'node:timers/promises'
import type { CoreV1Event } from '@kubernetes/client-node'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { listObjects } from '../../../lib/kubernetes/objects.ts'
import type { Raw } from '../../../lib/kubernetes/raw.ts'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import { reflect } from '../../../lib/kubernetes/watch.ts'
import { causeOfMessage, podStage, Refused } from '../refusal.ts'

const podType = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true } as const
const eventKind = { apiVersion: 'v1', kind: 'Event' } as const

export interface PodLimits {
  /** From the creation of the Job until its program runs. */
  readonly startMs: number
  /** Time for an autoscaler to add a node. */
  readonly unschedulableMs: number
}
export const podLimits: PodLimits = { startMs: 75_000, unschedulableMs: 15_000 }

const pollEventsEveryMs = 700

export interface Started {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/**
 * The name of the Job's pod once its program has started. `waiting` is called with what it waits on. Throws Refused with the
 * message of the scheduler, the kubelet or the admission controller, or the abort reason.
 */
export async function waitForPod(
  client: KubernetesClient,
  job: Started,
  waiting: (message: string) => void,
  limits: PodLimits,
  signal: AbortSignal,
): Promise<string> {
  const stop = new AbortController()
  const until = AbortSignal.any([signal, stop.signal])
  let waitsOn = 'its pod is being created'
  let fetching = false
  let pod = ''
  try {
    const report = (message: string, isFetching = false): void => {
      if (message !== waitsOn) waiting(message)
      waitsOn = message
      fetching = isFetching
    }
    const overdue = (): Refused => {
      const message = `after ${Math.round(limits.startMs / 1_000)} s ${waitsOn}`
      // A registry that drops connections stays silent for longer than this limit.
      return new Refused({ cause: fetching ? 'vantage.image' : 'vantage.timeout', message })
    }
    return await Promise.race([
      followPod(client, job, report, (name) => (pod = name), limits, until),
      // A pod that admission rejects never appears; only the Job's events name the reason.
      followEvents(client, job, () => pod !== '', until),
      failAfter(limits.startMs, overdue, until),
    ])
  } finally {
    stop.abort()
  }
}

async function failAfter(ms: number, overdue: () => Refused, signal: AbortSignal): Promise<never> {
  await sleep(ms, undefined, { signal })
  throw overdue()
}

async function followPod(
  client: KubernetesClient,
  { namespace, name }: Started,
  report: (message: string, isFetching?: boolean) => void,
  onPod: (name: string) => void,
  limits: PodLimits,
  signal: AbortSignal,
): Promise<string> {
  let unschedulableTimer: NodeJS.Timeout | undefined
  const { promise: noNode, reject } = Promise.withResolvers<never>()
  noNode.catch(() => undefined) // awaited by the race below, if it rejects
  const follow = async (): Promise<string> => {
    for await (const change of reflect(client, podType, { namespace, labelSelector: `job-name=${name}` }, signal)) {
      if (change.kind === 'stale') report(`the cluster does not answer (${change.problem.message})`)
      const objects: readonly KubernetesObject[] =
        change.kind === 'page'
          ? change.objects
          : change.kind === 'one' && change.type !== 'deleted'
            ? [change.object]
            : []
      const [pod] = objects
      if (change.kind === 'one' && change.type === 'deleted')
        throw new Refused({ cause: 'vantage.failed', message: 'another client deleted its pod' })
      if (pod === undefined) continue
      onPod(pod.metadata.name)
      const stage = podStage(pod)
      if (stage.kind === 'log') return pod.metadata.name
      if (stage.kind === 'refused') throw new Refused(stage.refusal)
      report(stage.message, stage.kind === 'waiting' && stage.fetching === true)
      if (stage.kind === 'unschedulable')
        unschedulableTimer ??= setTimeout(
          () => reject(new Refused({ cause: 'vantage.unschedulable', message: stage.message })),
          limits.unschedulableMs,
        )
      else {
        clearTimeout(unschedulableTimer)
        unschedulableTimer = undefined
      }
    }
    throw signal.reason
  }
  try {
    return await Promise.race([follow(), noNode])
  } finally {
    clearTimeout(unschedulableTimer)
  }
}

async function followEvents(
  client: KubernetesClient,
  { namespace, uid }: Started,
  podExists: () => boolean,
  signal: AbortSignal,
): Promise<never> {
  for (;;) {
    await sleep(pollEventsEveryMs, undefined, { signal })
    if (podExists()) continue
    const selection = { namespace, fieldSelector: `involvedObject.uid=${uid}` }
    // Without permission to list events, the time limit ends the wait.
    const events = await listObjects(client, eventKind, selection, signal).catch(() => [])
    for (const event of events) {
      const { reason, message = '' } = event as Raw<CoreV1Event> // the kind that was listed
      if (reason === 'FailedCreate')
        throw new Refused({ cause: causeOfMessage(message) ?? 'vantage.admission', message })
    }
  }
}
