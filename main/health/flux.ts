import { type Condition, conditionsOf, degradedBy, formatCondition, healthyBy, isObserved } from './conditions.ts'
import { numberIn, textIn } from './fields.ts'
import { ageMs, progressingUntil, readinessLimitMs, unknownKindLimitMs } from './limits.ts'
import type { Rule } from './object.ts'
import { unreported } from './unreported.ts'

/** Reasons of `Ready` being False that resolve by themselves; all others are failures, also a rollback that succeeded. */
const waits =
  /^(Progressing|ProgressingWithRetry|DependencyNotReady|SourceNotReady|HealthCheckCanceled|NewGeneration|Scanning|AccessingRepository|ApplyingPolicy|Initializing|)$/
/** Since version v1beta3 of their API these are read when they are used. */
const kindsWithoutStatus = new Set(['Alert', 'Provider'])
/** The default of helm-controller. */
const defaultTimeout = '5m'

/**
 * HelmReleases, Kustomizations, sources and the other objects of Flux: https://fluxcd.io/flux/components/helm/helmreleases/#conditions
 * To kstatus a failed upgrade that is retried is progressing; here it is degraded.
 */
export const flux: Rule = (object, nowMs) => {
  const { kind, metadata, spec, status } = object
  const conditions = conditionsOf(status, metadata)
  const ready = conditions.get('Ready')
  // Flux does not reconcile a suspended object, so its conditions are outdated.
  if (spec?.suspend === true) return { health: 'suspended', reason: 'Suspended', since: ready?.since }
  // Only other objects use it, so it is never reconciled: https://fluxcd.io/flux/components/source/helmrepositories/#type
  if (kind === 'HelmRepository' && spec?.type === 'oci') return { health: 'healthy', reason: 'Needs no reconciliation' }
  if (conditions.size === 0 && kindsWithoutStatus.has(kind))
    return { health: 'healthy', reason: 'Needs no reconciliation' }
  // The default that its custom resource definitions set, which only Flux changes.
  if (conditions.size === 0 && numberIn(status, 'observedGeneration') === -1) {
    return unreported(object, nowMs, 'Flux has not reconciled it yet')
  }
  if (!isObserved(object)) return { health: 'progressing', reason: 'Flux has not observed the latest change yet' }
  const stalled = conditions.get('Stalled')
  if (stalled?.status === 'True') {
    // "Failed to install after 4 attempts" says that Flux gave up; what failed is in Ready.
    const cause = ready?.status === 'False' && ready.message !== '' ? `; ${formatCondition(ready)}` : ''
    return { health: 'degraded', reason: `Stalled: ${formatCondition(stalled)}${cause}`, since: stalled.since }
  }
  if (ready?.status === 'False' && !waits.test(ready.reason)) return degradedBy(ready)
  const reconciling = conditions.get('Reconciling')
  const working = reconciling?.status === 'True' ? reconciling : ready
  if (working === undefined) return unreported(object, nowMs, 'Flux has not reconciled it yet')
  if (working === ready && ready.status === 'True') {
    const broken = [...conditions.values()].find(isBroken)
    if (broken !== undefined) return degradedBy(broken)
    // Of the Flux Operator: https://fluxoperator.dev/docs/crd/fluxinstance/#reconciliation-configuration
    const isStopped = ready.reason === 'ReconciliationDisabled'
    return isStopped ? { ...healthyBy(ready), health: 'suspended' } : healthyBy(ready)
  }
  if (ready?.status === 'False') {
    const wait = { reason: formatCondition(ready), since: ready.since }
    return progressingUntil(readinessLimitMs, wait, nowMs)
  }
  const timeout = textIn(spec, 'timeout') ?? defaultTimeout
  const wait = { reason: progressReason(working, timeout, nowMs), since: working.since }
  return progressingUntil(actionLimitMs(timeout), wait, nowMs, 'Not done')
}

/** What fails beside an earlier success: https://fluxcd.io/flux/components/source/gitrepositories/#storage-operation-failed */
const isBroken = ({ type, status }: Condition): boolean =>
  (status === 'True' && /^(FetchFailed|IncludeUnavailable|StorageOperationFailed|BuildFailed)$/.test(type)) ||
  (status === 'False' && /^(Healthy|SourceVerified)$/.test(type))

/** Each step of an action, such as a hook, has the whole timeout. Beyond several, the action was lost: its controller restarted. */
const actionLimitMs = (timeout: string): number => Math.max(3 * (durationMs(timeout) ?? 0), unknownKindLimitMs)

function progressReason(condition: Condition, timeout: string, nowMs: number): string {
  const reason = formatCondition(condition)
  const limitMs = durationMs(timeout)
  return limitMs !== undefined && ageMs(condition.since, nowMs) > limitMs
    ? `Exceeds its timeout of ${timeout}: ${reason}`
    : reason
}

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const

/** A Go duration such as `1h5m30s`; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * unitMs[unit as keyof typeof unitMs] // the pattern admits no other
  }
  return total
}
