import type { KubernetesClient } from '../../../lib/kubernetes/client.ts'
import { at, listAt, textAt } from '../../observe/kubernetes-object.ts'
import type { RenderedPod } from '../rules/pods.ts'
import { runDeepJob } from './deep-job.ts'

/** Whether a node could pull an image. */
export interface ImagePull {
  readonly image: string
  readonly outcome: 'pulled' | 'failed' | 'unknown'
  /** The kubelet's message. */
  readonly detail: string
}

export interface ImagePulls {
  readonly node: string
  readonly pulls: readonly ImagePull[]
}

const imagesAtMost = 20
/** No image contains it, so that no program of an image runs: the container fails to start after its image was pulled. */
const nothing = '/hangar-preflight-runs-nothing'
const pullFailures =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|RegistryUnavailable|ImageInspectError)$/
const pulledReasons = /^(CreateContainerError|RunContainerError|CreateContainerConfigError|CrashLoopBackOff)$/

/** Pure: what a container's status shows about its image. */
export function pullOf(status: unknown): Omit<ImagePull, 'image'> {
  const waiting = at(status, 'state', 'waiting')
  const reason = textAt(waiting, 'reason') ?? ''
  const detail = [reason, textAt(waiting, 'message')].filter(Boolean).join(': ')
  if (pullFailures.test(reason)) return { outcome: 'failed', detail }
  const ran = at(status, 'state', 'terminated') !== undefined || at(status, 'state', 'running') !== undefined
  return ran || pulledReasons.test(reason) ? { outcome: 'pulled', detail: '' } : { outcome: 'unknown', detail }
}

export async function pullImages(
  client: KubernetesClient,
  namespace: string,
  images: readonly string[],
  pods: readonly RenderedPod[],
  signal: AbortSignal,
): Promise<ImagePulls> {
  const chosen = images.slice(0, imagesAtMost)
  const secrets = pods.flatMap(({ spec }) =>
    listAt(spec, 'imagePullSecrets').flatMap((each) => textAt(each, 'name') ?? []),
  )
  const containers = chosen.map((image, index) => ({ name: `image-${index}`, image, command: [nothing] }))
  const isDone = (statuses: readonly unknown[]) =>
    statuses.length === chosen.length && statuses.every((status) => pullOf(status).outcome !== 'unknown')
  const outcome = await runDeepJob(
    client,
    namespace,
    { containers, imagePullSecrets: [...new Set(secrets)] },
    isDone,
    signal,
  )
  const pulls = chosen.map((image, index) => {
    const status = outcome.statuses.find((each) => textAt(each, 'name') === `image-${index}`)
    return {
      image,
      ...(status === undefined ? { outcome: 'unknown' as const, detail: outcome.waiting } : pullOf(status)),
    }
  })
  return { node: outcome.node, pulls }
}

export interface Lookup {
  readonly name: string
  /** Empty: it did not resolve. */
  readonly address: string
  readonly error: string
}

/** Writes into the message of the container's end, so that no permission to read logs is needed. */
const program = `const dns = require('node:dns').promises
const names = process.argv.slice(1)
Promise.all(names.map(async (name) => {
  try { return { name, address: (await dns.lookup(name)).address, error: '' } }
  catch (error) { return { name, address: '', error: String(error.code) } }
})).then((found) => require('node:fs').writeFileSync('/dev/termination-log', JSON.stringify(found)))`

/** Undefined if the pod gave no answer; `why` names the reason. */
export async function lookUp(
  client: KubernetesClient,
  namespace: string,
  image: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly lookups: readonly Lookup[]; readonly why: string }> {
  const containers = [{ name: 'lookup', image, command: ['node', '-e', program, ...names] }]
  const isDone = ([status]: readonly unknown[]) =>
    at(status, 'state', 'terminated') !== undefined || pullOf(status).outcome === 'failed'
  const { statuses, waiting } = await runDeepJob(
    client,
    namespace,
    { containers, imagePullSecrets: [] },
    isDone,
    signal,
  )
  const [status] = statuses
  const message = textAt(status, 'state', 'terminated', 'message') ?? ''
  const lookups = lookupsIn(message)
  return { lookups, why: lookups.length > 0 ? '' : message || pullOf(status).detail || waiting }
}

/** Pure: a pod's answer is untrusted. */
export function lookupsIn(message: string): Lookup[] {
  try {
    return listAt({ found: JSON.parse(message) }, 'found').map((each) => ({
      name: textAt(each, 'name') ?? '',
      address: textAt(each, 'address') ?? '',
      error: textAt(each, 'error') ?? '',
    }))
  } catch {
    return []
  }
}
