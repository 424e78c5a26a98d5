import { setTimeout as sleep } from 'node:timers/promises'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { listObjects } from '../../../lib/kubernetes/objects.ts'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import { reflect } from '../../../lib/kubernetes/watch.ts'
import { causeOfMessage, podStage, Refused } from '../refusal.ts'

const podType = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true } as const
const eventKind = { apiVersion: 'v1', kind: 'Event' } as const

export interface PodLimits {
  /** From the creation of the job until its program runs. */
  readonly startMs: number
  /** A cluster that grows by itself may make room within this. */
  readonly unschedulableMs: number
}
export const podLimits: PodLimits = { startMs: 75_000, unschedulableMs: 15_000 }

const lookAtEventsEveryMs = 700

export interface Started {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/**
 * The name of the job's pod once its program has begun. `say` hears what it waits on. Throws Refused with what the scheduler,
 * the kubelet or the admission of pods says, or the abort reason.
 */
export async function podOf(
  client: KubernetesClient,
  job: Started,
  say: (words: string) => void,
  limits: PodLimits,
  signal: AbortSignal,
): Promise<string> {
  const stop = new AbortController()
  const until = AbortSignal.any([signal, stop.signal])
  let waitsOn = 'its pod is being made'
  let fetching = false
  let pod = ''
  try {
    const tell = (words: string, atImage = false): void => {
      if (words !== waitsOn) say(words)
      waitsOn = words
      fetching = atImage
    }
    const overdue = (): Refused => {
      const says = `after ${Math.round(limits.startMs / 1_000)} s ${waitsOn}`
      // A registry that swallows connections is silent for longer than anybody waits.
      return new Refused({ cause: fetching ? 'vantage.image' : 'vantage.timeout', message: says })
    }
    return await Promise.race([
      followPod(client, job, tell, (name) => (pod = name), limits, until),
      // A pod that admission refuses never appears; only the job's events say why.
      followEvents(client, job, () => pod !== '', until),
      late(limits.startMs, overdue, until),
    ])
  } finally {
    stop.abort()
  }
}

async function late(ms: number, overdue: () => Refused, signal: AbortSignal): Promise<never> {
  await sleep(ms, undefined, { signal })
  throw overdue()
}

async function followPod(
  client: KubernetesClient,
  { namespace, name }: Started,
  say: (words: string, atImage?: boolean) => void,
  found: (pod: string) => void,
  limits: PodLimits,
  signal: AbortSignal,
): Promise<string> {
  let patience: NodeJS.Timeout | undefined
  const { promise: noNode, reject } = Promise.withResolvers<never>()
  noNode.catch(() => undefined) // heard by the race below, if it comes to that
  const look = async (): Promise<string> => {
    for await (const change of reflect(client, podType, { namespace, labelSelector: `job-name=${name}` }, signal)) {
      if (change.kind === 'stale') say(`the cluster does not answer (${change.problem.message})`)
      const objects: readonly KubernetesObject[] =
        change.kind === 'all'
          ? change.objects
          : change.kind === 'one' && change.type !== 'deleted'
            ? [change.object]
            : []
      const [pod] = objects
      if (change.kind === 'one' && change.type === 'deleted')
        throw new Refused({ cause: 'vantage.failed', message: 'its pod was removed by somebody else' })
      if (pod === undefined) continue
      found(pod.metadata.name)
      const stage = podStage(pod)
      if (stage.kind === 'log') return pod.metadata.name
      if (stage.kind === 'refused') throw new Refused(stage.refusal)
      say(stage.message, stage.kind === 'waiting' && stage.fetching === true)
      if (stage.kind === 'unschedulable')
        patience ??= setTimeout(
          () => reject(new Refused({ cause: 'vantage.unschedulable', message: stage.message })),
          limits.unschedulableMs,
        )
      else {
        clearTimeout(patience)
        patience = undefined
      }
    }
    throw signal.reason
  }
  try {
    return await Promise.race([look(), noNode])
  } finally {
    clearTimeout(patience)
  }
}

interface EventFields {
  readonly reason?: string
  readonly message?: string
}

async function followEvents(
  client: KubernetesClient,
  { namespace, uid }: Started,
  podIsThere: () => boolean,
  signal: AbortSignal,
): Promise<never> {
  for (;;) {
    await sleep(lookAtEventsEveryMs, undefined, { signal })
    if (podIsThere()) continue
    const selection = { namespace, fieldSelector: `involvedObject.uid=${uid}` }
    // Whoever may not read events waits until the time is over.
    const events = await listObjects(client, eventKind, selection, signal).catch(() => [])
    for (const event of events) {
      const { reason, message = '' } = event as EventFields // the API's own form
      if (reason === 'FailedCreate')
        throw new Refused({ cause: causeOfMessage(message) ?? 'vantage.admission', message: message })
    }
  }
}
