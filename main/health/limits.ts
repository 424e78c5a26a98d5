import type { Assessment } from './object.ts'

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** The scheduler may still retry an unschedulable pod for this long, as in kstatus. */
export const unschedulableGraceMs = 15 * secondMs
/** A complete workload below its minimum is degraded only after this time, so that a restart raises no alarm. */
export const unavailableGraceMs = 15 * secondMs
/** A running pod that is not ready for longer is degraded: the default deadline of a Deployment. */
export const readinessLimitMs = 10 * minuteMs
/** Pulling an image, mounting volumes and creating the sandbox of a pod, as long as the default deadline of a Deployment. */
export const creationLimitMs = 10 * minuteMs
/** An init container may migrate a database, but seldom for longer. */
export const initializationLimitMs = 30 * minuteMs
/** Counted from the end of the grace period. Beyond it, only what holds the object can end its deletion. */
export const deletionLimitMs = 10 * minuteMs
/** Provisioning, attaching and detaching a volume: the calls of CSI drivers are retried after 5 minutes at most. */
export const volumeLimitMs = 10 * minuteMs
/** A claim without a storage class waits for an administrator to create a volume. */
export const staticVolumeLimitMs = 2 * hourMs
/** From creation to the first status of an object whose controller always reports one. */
export const firstReportLimitMs = 5 * minuteMs
/** A controller's own check of something that it does not create: an account, a store, an API, a class. */
export const verificationLimitMs = 5 * minuteMs
/** A load balancer or proxy of a Gateway, a cluster of brokers. */
export const provisioningLimitMs = 10 * minuteMs
/** Issuing a certificate, which may wait for DNS records to spread. */
export const issuanceLimitMs = 1 * hourMs
/** cert-manager sets `Issuing` right after the first `Ready`; until then a new certificate looks like a failed one. */
export const issuanceStartMs = 1 * minuteMs
/** A run of a pipeline: the default timeout of a Tekton PipelineRun is an hour. */
export const runLimitMs = 1 * dayMs
/** A new node is not ready until its network plugin runs. */
export const nodeStartLimitMs = 5 * minuteMs
/** For kinds that Hangar does not know. */
export const unknownKindLimitMs = 30 * minuteMs

/** The age of `since`; 0 without a time. */
export function ageMs(since: string | undefined, nowMs: number): number {
  const at = since === undefined ? Number.NaN : Date.parse(since)
  return Number.isNaN(at) ? 0 : nowMs - at
}

interface Wait {
  readonly reason: string
  /** Without it the wait has no limit: nothing tells how long it lasts. */
  readonly since: string | undefined
}

/** Progressing until the limit, then degraded, with `what` it is not: "Not ready for over 10 min: …". */
export function progressingUntil(
  limitMs: number,
  { reason, since }: Wait,
  nowMs: number,
  what = 'Not ready',
): Assessment {
  if (since === undefined) return { health: 'progressing', reason }
  const leftMs = limitMs - ageMs(since, nowMs)
  return leftMs <= 0
    ? { health: 'degraded', reason: `${what} for over ${formatLimit(limitMs)}: ${reason}`, since }
    : { health: 'progressing', reason, since, recheckAtMs: nowMs + leftMs }
}

/** `15 s`, `10 min`, `2 h` or `1 d`. */
export function formatLimit(ms: number): string {
  if (ms < minuteMs) return `${ms / secondMs} s`
  if (ms < hourMs) return `${ms / minuteMs} min`
  return ms < dayMs ? `${ms / hourMs} h` : `${ms / dayMs} d`
}
