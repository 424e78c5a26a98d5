import { Problem } from '../../../preload/contract/problem.ts'
import { KubernetesError } from '../../lib/kubernetes/failure.ts'
import type { KubernetesObject } from '../../lib/kubernetes/resources.ts'
import type { Cause } from '../probe/causes.ts'

/** Why a vantage failed: a cause of the table, and the message of the server or of Hangar. */
export interface Refusal {
  readonly cause: Cause
  readonly message: string
}

/** Thrown when a vantage cannot continue; becomes its outcome. */
export class Refused extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.name = 'Refused'
    this.refusal = refusal
  }
}

export const refuse = (cause: Cause, message: string): never => {
  throw new Refused({ cause, message })
}

/** Messages of the API server's admission plugins, of webhooks and of policies, from the Kubernetes sources. */
const quota = /exceeded quota|must specify (limits|requests)|failed quota|(?:maximum|minimum) .{0,100} usage per/i
const admission =
  /PodSecurity|pod security|admission webhook|denied the request|ValidatingAdmissionPolicy|security context constraint|denied by/i
const absent = /namespaces? "[^"]*" not found|error looking up service account|serviceaccount "[^"]*" not found/i

/** The cause that an API server's message names; undefined: none. Pure. */
export function causeOfMessage(message: string): Cause | undefined {
  if (quota.test(message)) return 'vantage.quota'
  if (absent.test(message)) return 'vantage.absent'
  if (admission.test(message)) return 'vantage.admission'
  return undefined
}

/** What a failed request to the API server means for the vantage. Pure. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal
  if (error instanceof KubernetesError) {
    const { message, reason, code } = error.status
    const cause = causeOfMessage(message)
    if (cause !== undefined) return { cause, message }
    if (code === 403) return { cause: 'rbac.denied', message: message || reason }
    if (code === 404) return { cause: 'vantage.absent', message: message || reason }
    if (code === 401 || code === 429 || code >= 500) return { cause: 'vantage.unreachable', message: message || reason }
    return { cause: 'vantage.admission', message: message || reason }
  }
  if (error instanceof Problem) {
    const message = [error.message, error.evidence].filter((text) => text !== '').join(' ')
    return { cause: error.code === 'PROBE_MISSING' ? 'vantage.failed' : 'vantage.unreachable', message }
  }
  return { cause: 'vantage.failed', message: error instanceof Error ? error.message : String(error) }
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

/** The stage that the probe's pod has reached. */
export type PodStage =
  /** `fetching`: its node is pulling the image. */
  | { readonly kind: 'waiting'; readonly message: string; readonly fetching?: true }
  /** Not final: an autoscaler can add nodes. */
  | { readonly kind: 'unschedulable'; readonly message: string }
  /** It has started: its log can be read, also after its end. */
  | { readonly kind: 'log' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

const imageReasons =
  /^(ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)$/
const configReasons = /^(CreateContainerConfigError|CreateContainerError|RunContainerError)$/

/** Pure. Messages come from the kubelet and the scheduler. */
export function podStage({ status, spec }: KubernetesObject): PodStage {
  const { phase, reason = '', message = '', conditions = [], containerStatuses = [] } = (status ?? {}) as PodStatus // the API's own form
  const state = containerStatuses.find(({ name }) => name === 'probe')?.state
  const why = [reason, message].filter((text) => text !== '').join(': ')
  if (reason === 'DeadlineExceeded') return refused('vantage.timeout', why)
  if (state?.terminated !== undefined) {
    const { exitCode = 0, reason: endReason = '', message: endMessage = '' } = state.terminated
    // The runtime could not start the program: the image has no Node, or one for another architecture.
    if (/StartError|ContainerCannotRun/.test(endReason) || exitCode === 127)
      return refused('vantage.image', `the image has no Node that starts: ${endMessage || endReason}`)
    return { kind: 'log' }
  }
  if (state?.running !== undefined) return { kind: 'log' }
  if (phase === 'Failed') return refused(causeOfMessage(message) ?? 'vantage.failed', why || 'the pod failed')
  const { reason: waitReason = '', message: waitMessage = '' } = state?.waiting ?? {}
  if (imageReasons.test(waitReason)) return refused('vantage.image', `${waitReason}: ${waitMessage}`)
  if (configReasons.test(waitReason) && !/not found/.test(waitMessage))
    return refused(
      /executable|exec format|stat /.test(waitMessage) ? 'vantage.image' : 'vantage.failed',
      `${waitReason}: ${waitMessage}`,
    )
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False')
    return { kind: 'unschedulable', message: scheduled.message ?? scheduled.reason ?? 'no node accepts it' }
  const image = imageOf(spec)
  if (scheduled?.status === 'True')
    return { kind: 'waiting', message: `its node is pulling the image ${image}`, fetching: true }
  return { kind: 'waiting', message: 'the scheduler is choosing a node' }
}

const refused = (cause: Cause, message: string): PodStage => ({ kind: 'refused', refusal: { cause, message } })

function imageOf(spec: unknown): string {
  const containers: unknown = typeof spec === 'object' && spec !== null ? Reflect.get(spec, 'containers') : undefined
  if (!Array.isArray(containers)) return ''
  return String(containers.find((container) => container?.name === 'probe')?.image ?? '')
}
