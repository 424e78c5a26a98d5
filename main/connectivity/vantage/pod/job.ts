import { randomBytes } from 'node:crypto'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { KubernetesError } from '../../../lib/kubernetes/failure.ts'
import { createObject } from '../../../lib/kubernetes/objects.ts'
import { orAbort } from '../../../lib/kubernetes/or-abort.ts'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import { probePermissions, requirePermissions } from '../permissions.ts'
import type { Placement } from '../placement.ts'
import { Refused } from '../refusal.ts'
import { type Cleanup, removeJob } from './cleanup.ts'
import { type Manifest, manifestOf, ownedBy, type Starter } from './manifest.ts'
import { parseEvent, textLines } from './output-lines.ts'
import { type PodLimits, podLimits, type Started, waitForPod } from './wait-for-pod.ts'
import { holdsSecret, type Work, type WorkEvent } from './work.ts'

const createLimitMs = 15_000
/** A log that is silent for longer is broken: no endpoint takes half of that. */
const silenceLimitMs = 45_000
const logTries = 3

export interface PodProbe {
  readonly client: KubernetesClient
  readonly placement: Placement
  readonly image: string
  readonly bundle: string
  readonly work: Work
  readonly starter: Starter
  readonly cleanup: Cleanup
  /** Called with what the probe waits on. */
  readonly waiting: (message: string) => void
  readonly limits?: PodLimits
}

/** The objects that a probe needs, under a fresh name. */
export const manifestFor = ({
  placement,
  image,
  bundle,
  work,
  starter,
}: Omit<PodProbe, 'client' | 'cleanup' | 'waiting'>) =>
  manifestOf(`hangar-probe-${randomBytes(4).toString('hex')}`, image, placement, bundle, work, starter)

/**
 * Starts the probe in a pod, yields its events as they come, and removes all of its objects, whatever happens. Throws Refused,
 * a Problem of the cluster, or the abort reason; the removal then continues in `cleanup`.
 */
export async function* probeInPod(probing: PodProbe, signal: AbortSignal): AsyncGenerator<WorkEvent, true> {
  const { client, placement, work, cleanup, waiting, limits = podLimits } = probing
  const { namespace } = placement
  waiting(`checking the permission to start a probe in the namespace ${namespace}`)
  await requirePermissions(client, namespace, probePermissions(holdsSecret(work)), signal)
  const manifest = manifestFor(probing)
  const { name } = manifest.job.metadata
  waiting(`starting ${name} in the namespace ${namespace}`)
  // A cancel does not stop it: cleanup must know which objects the server created.
  const creating = create(client, manifest, AbortSignal.timeout(createLimitMs))
  let refused = false
  creating.job.catch((error: unknown) => {
    refused = error instanceof KubernetesError
  })
  creating.all.catch(() => undefined) // awaited below, unless the check is cancelled
  try {
    const job = await orAbort(creating.all, signal)
    const pod = await waitForPod(client, job, (message) => waiting(`${name}: ${message}`), limits, signal)
    const silence = silenceLimitMs + (work.context.holdSeconds ?? 0) * 1_000
    yield* logOf(client, namespace, pod, silence, signal)
    return true
  } finally {
    cleanup.add(async (limit) => {
      await creating.all.catch(() => undefined)
      if (!refused) await removeJob(client, { namespace, name }, limit)
    })
  }
}

/** The Job comes first, as the owner of its files; its pod waits for them. */
function create(
  client: KubernetesClient,
  { job, files }: Manifest,
  signal: AbortSignal,
): { readonly job: Promise<Started>; readonly all: Promise<Started> } {
  const created = createObject<KubernetesObject>(client, job, signal).then(({ metadata }) => ({
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
  }))
  const all = created.then(async (started) => {
    await Promise.all(files.map((file) => createObject<KubernetesObject>(client, ownedBy(file, started), signal)))
    return started
  })
  return { job: created, all }
}

/** Follows the log to the probe's last event. A log that breaks is read again, without the events that were yielded. */
async function* logOf(
  client: KubernetesClient,
  namespace: string,
  pod: string,
  idleMs: number,
  signal: AbortSignal,
): AsyncGenerator<WorkEvent> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`
  let yielded = 0
  let lastError: unknown
  for (let left = logTries; left > 0; left -= 1) {
    try {
      let at = 0
      const body = await client.stream(path, { query: { follow: true, container: 'probe' }, idleMs }, signal)
      for await (const line of textLines(body)) {
        const event = parseEvent(line)
        if (event === undefined) continue
        at += 1
        if (at <= yielded) continue
        yielded = at
        if (event.kind === 'fault') throw new Refused({ cause: 'vantage.failed', message: event.message })
        yield event
        if (event.kind === 'end') return
      }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof Refused) throw error
      lastError = error
    }
  }
  if (lastError !== undefined) throw lastError
  throw new Refused({ cause: 'vantage.failed', message: `the pod ${pod} ended before the probe was finished` })
}
