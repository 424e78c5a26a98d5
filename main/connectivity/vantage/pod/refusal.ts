import { Problem } from '../../../../preload/contract/problem.ts'
import { KubernetesError } from '../../../lib/kubernetes/failure.ts'
import type { KubernetesObject } from '../../../lib/kubernetes/resources.ts'
import type { Cause } from '../../probe/causes.ts'

/** Why a vantage came to nothing: a cause of the table, and what was said. */
export interface Refusal {
  readonly cause: Cause
  readonly says: string
}

/** Thrown where a vantage cannot go on; caught by whoever started it, and told as its outcome. */
export class Refused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.says)
    this.name = 'Refused'
    this.refusal = refusal
  }
}

export const refuse = (cause: Cause, says: string): never => {
  throw new Refused({ cause, says })
}

/** Words of the API server's own admission plugins, of webhooks and of policies; read in its sources. */
const quota = /exceeded quota|must specify (limits|requests)|failed quota|maximum .* usage per|minimum .* usage per/i
const admission =
  /PodSecurity|pod security|admission webhook|denied the request|ValidatingAdmissionPolicy|security context constraint|denied by/i
const absent = /namespaces? "[^"]*" not found|error looking up service account|serviceaccount "[^"]*" not found/i

/** What the API server's words mean; undefined: they do not say. Pure. */
export function causeOfWords(words: string): Cause | undefined {
  if (quota.test(words)) return 'vantage.quota'
  if (absent.test(words)) return 'vantage.absent'
  if (admission.test(words)) return 'vantage.admission'
  return undefined
}

/** What a failed request to the API server means for the vantage. Pure. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal
  if (error instanceof KubernetesError) {
    const { message, reason, code } = error.status
    const words = causeOfWords(message)
    if (words !== undefined) return { cause: words, says: message }
    if (code === 403) return { cause: 'rbac.denied', says: message || reason }
    if (code === 404) return { cause: 'vantage.absent', says: message || reason }
    if (code === 401 || code === 429 || code >= 500) return { cause: 'vantage.unreachable', says: message || reason }
    return { cause: 'vantage.admission', says: message || reason }
  }
  if (error instanceof Problem) {
    const says = [error.message, error.evidence].filter((text) => text !== '').join(' ')
    return { cause: error.code === 'PROBE_MISSING' ? 'vantage.failed' : 'vantage.unreachable', says }
  }
  return { cause: 'vantage.failed', says: error instanceof Error ? error.message : String(error) }
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string }
  readonly running?: object
  readonly terminated?: { readonly exitCode?: number; readonly reason?: string; readonly message?: string }
}

interface PodStatus {
  readonly phase?: string
  readonly reason?: string
  readonly message?: string
  readonly conditions?: readonly {
    readonly type: string
    readonly status: string
    readonly reason?: string
    readonly message?: string
  }[]
  readonly containerStatuses?: readonly { readonly name: string; readonly state?: ContainerState }[]
}

/** What the probe's pod is doing, as far as it matters here. */
export type PodStage =
  /** `fetching`: a node is at its image. */
  | { readonly kind: 'waiting'; readonly says: string; readonly fetching?: true }
  /** Not yet final: nodes may come. */
  | { readonly kind: 'unschedulable'; readonly says: string }
  /** It has begun: its log can be read, also when it has ended since. */
  | { readonly kind: 'log' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

const imageReasons =
  /^(ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/
const configReasons = /^(CreateContainerConfigError|CreateContainerError|RunContainerError)$/

/** Pure. The words are the kubelet's and the scheduler's. */
export function podStage({ status, spec }: KubernetesObject): PodStage {
  const { phase, reason = '', message = '', conditions = [], containerStatuses = [] } = (status ?? {}) as PodStatus // the API's own form
  const state = containerStatuses.find(({ name }) => name === 'probe')?.state
  const why = [reason, message].filter((text) => text !== '').join(': ')
  if (reason === 'DeadlineExceeded') return refused('vantage.timeout', why)
  if (state?.terminated !== undefined) {
    const { exitCode = 0, reason: ended = '', message: words = '' } = state.terminated
    // The runtime could not start the program: there is no node in the image, or not for this machine.
    if (/StartError|ContainerCannotRun/.test(ended) || exitCode === 127)
      return refused('vantage.image', `the image has no Node that starts: ${words || ended}`)
    return { kind: 'log' }
  }
  if (state?.running !== undefined) return { kind: 'log' }
  if (phase === 'Failed') return refused(causeOfWords(message) ?? 'vantage.failed', why || 'the pod failed')
  const { reason: waits = '', message: words = '' } = state?.waiting ?? {}
  if (imageReasons.test(waits)) return refused('vantage.image', `${waits}: ${words}`)
  if (configReasons.test(waits) && !/not found/.test(words))
    return refused(
      /executable|exec format|stat /.test(words) ? 'vantage.image' : 'vantage.failed',
      `${waits}: ${words}`,
    )
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False')
    return { kind: 'unschedulable', says: scheduled.message ?? scheduled.reason ?? 'no node takes it' }
  const image = imageOf(spec)
  if (scheduled?.status === 'True')
    return { kind: 'waiting', says: `its node is getting the image ${image}`, fetching: true }
  return { kind: 'waiting', says: 'a node is being chosen for it' }
}

const refused = (cause: Cause, says: string): PodStage => ({ kind: 'refused', refusal: { cause, says } })

function imageOf(spec: unknown): string {
  const containers: unknown = typeof spec === 'object' && spec !== null ? Reflect.get(spec, 'containers') : undefined
  if (!Array.isArray(containers)) return ''
  return String(containers.find((container) => container?.name === 'probe')?.image ?? '')
}
