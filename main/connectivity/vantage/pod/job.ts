import { randomBytes } from 'node:crypto'
import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { KubernetesError } from '../../../lib/kubernetes/failure.ts'
import { createObject } from '../../../lib/kubernetes/objects.ts'
import { orAbort } from '../../../lib/kubernetes/or-abort.ts'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import { mustBeAllowed, toProbe } from '../resolve/permissions.ts'
import type { Placement } from '../resolve/placement.ts'
import { type Cleaning, removeJob } from './cleanup.ts'
import { type Manifest, manifestOf, ownedBy, type Starter } from './manifest.ts'
import { readLine, textLines } from './output-lines.ts'
import { type PodLimits, podLimits, podOf, type Started } from './pod.ts'
import { Refused } from './refusal.ts'
import { holdsSecret, type Work, type WorkEvent } from './work.ts'

const createLimitMs = 15_000
/** Silence of a log after which something is wrong: no row takes half of that. */
const silenceLimitMs = 45_000
const logTries = 3

export interface Probing {
  readonly client: KubernetesClient
  readonly place: Placement
  readonly image: string
  readonly bundle: string
  readonly work: Work
  readonly starter: Starter
  readonly cleaning: Cleaning
  /** Hears what it waits on, in words. */
  readonly say: (words: string) => void
  readonly limits?: PodLimits
}

/** The objects as they would be created, under a name of their own. */
export const manifestFor = ({ place, image, bundle, work, starter }: Omit<Probing, 'client' | 'cleaning' | 'say'>) =>
  manifestOf(`hangar-probe-${randomBytes(4).toString('hex')}`, image, place, bundle, work, starter)

/**
 * Starts the probe in a pod, yields what it tells as it comes, and removes all of it, whatever happens. Throws Refused, a
 * Problem of the cluster, or the abort reason; the removal then goes on by itself.
 */
export async function* probeInPod(probing: Probing, signal: AbortSignal): AsyncGenerator<WorkEvent, true> {
  const { client, place, work, cleaning, say, limits = podLimits } = probing
  const { namespace } = place
  say(`asking whether a probe may be started in the namespace ${namespace}`)
  await mustBeAllowed(client, namespace, toProbe(holdsSecret(work)), signal)
  const manifest = manifestFor(probing)
  const { name } = manifest.job.metadata
  say(`starting ${name} in the namespace ${namespace}`)
  // Not ended by a cancel: what the server has made by then would be known to nobody.
  const creating = create(client, manifest, AbortSignal.timeout(createLimitMs))
  let refused = false
  creating.job.catch((error: unknown) => {
    refused = error instanceof KubernetesError
  })
  creating.all.catch(() => undefined) // heard below, or left with the cancel
  try {
    const job = await orAbort(creating.all, signal)
    const pod = await podOf(client, job, (words) => say(`${name}: ${words}`), limits, signal)
    const silence = silenceLimitMs + (work.context.holdSeconds ?? 0) * 1_000
    yield* logOf(client, namespace, pod, silence, signal)
    return true
  } finally {
    cleaning.add(async (limit) => {
      await creating.all.catch(() => undefined)
      if (!refused) await removeJob(client, { namespace, name }, limit)
    })
  }
}

/** The job first, so that its files have an owner from their beginning; the pod waits for them. */
function create(
  client: KubernetesClient,
  { job, files }: Manifest,
  signal: AbortSignal,
): { readonly job: Promise<Started>; readonly all: Promise<Started> } {
  const made = createObject<KubernetesObject>(client, job, signal).then(({ metadata }) => ({
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
  }))
  const all = made.then(async (started) => {
    await Promise.all(files.map((file) => createObject<KubernetesObject>(client, ownedBy(file, started), signal)))
    return started
  })
  return { job: made, all }
}

/** Follows the log to the probe's last word. A log that breaks off is read again; what was told already is left out. */
async function* logOf(
  client: KubernetesClient,
  namespace: string,
  pod: string,
  idleMs: number,
  signal: AbortSignal,
): AsyncGenerator<WorkEvent> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`
  let told = 0
  let last: unknown
  for (let left = logTries; left > 0; left -= 1) {
    try {
      let at = 0
      const body = await client.stream(path, { query: { follow: true, container: 'probe' }, idleMs }, signal)
      for await (const line of textLines(body)) {
        const event = readLine(line)
        if (event === undefined) continue
        at += 1
        if (at <= told) continue
        told = at
        if (event.kind === 'fault') throw new Refused({ cause: 'vantage.failed', says: event.says })
        yield event
        if (event.kind === 'end') return
      }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof Refused) throw error
      last = error
    }
  }
  if (last !== undefined) throw last
  throw new Refused({ cause: 'vantage.failed', says: `the pod ${pod} ended before the probe had told everything` })
}
