import { type Condition, conditionsOf, formatCondition } from './conditions.ts'
import { countIn, type Fields, numberIn } from './fields.ts'
import { ageMs, progressingUntil, readinessLimitMs, unavailableGraceMs } from './limits.ts'
import type { Assessment, Rule } from './object.ts'

/** MaxInt32 means no deadline: such a Deployment has no Progressing condition. */
const noDeadlineSeconds = 2_147_483_647

/** As in kstatus. In addition, one below its own minimum after a complete rollout is degraded. */
export const deployment: Rule = ({ spec, status }, nowMs) => {
  const conditions = conditionsOf(status)
  const progressing = conditions.get('Progressing')
  const available = conditions.get('Available')
  if (spec?.paused === true) return paused(spec, status, available, progressing, nowMs)
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return { health: 'degraded', reason: formatCondition(progressing), since: progressing.since }
  }
  const refused = conditions.get('ReplicaFailure')
  if (refused?.status === 'True') return { health: 'degraded', reason: formatCondition(refused), since: refused.since }

  const waiting = waitsFor(
    numberIn(spec, 'replicas') ?? 1,
    countIn(status, 'replicas'),
    countIn(status, 'updatedReplicas'),
    countIn(status, 'availableReplicas'),
    countIn(status, 'readyReplicas'),
  )
  // Without a deadline it has no Progressing condition, and may still be starting. With one, a rollout ends by itself.
  const limitMs = isComplete(progressing)
    ? unavailableGraceMs
    : progressing === undefined
      ? readinessLimitMs
      : undefined
  if (waiting !== undefined && available?.status === 'False' && limitMs !== undefined) {
    return { ...progressingUntil(limitMs, { reason: waiting, since: available.since }, nowMs), reason: waiting }
  }
  if (waiting !== undefined) return { health: 'progressing', reason: waiting, since: progressing?.since }
  const hasDeadline = (numberIn(spec, 'progressDeadlineSeconds') ?? noDeadlineSeconds) < noDeadlineSeconds
  if (hasDeadline && !isComplete(progressing)) {
    return { health: 'progressing', reason: 'The new ReplicaSet is not available yet', since: progressing?.since }
  }
  if (available?.status !== 'True') {
    return { health: 'progressing', reason: 'Not available yet', since: available?.since }
  }
  return { health: 'healthy', reason: `${countIn(status, 'availableReplicas')} available`, since: available.since }
}

/** A paused rollout changes no pods, and those that there are must work. */
function paused(
  spec: Fields,
  status: Fields | undefined,
  available: Condition | undefined,
  progressing: Condition | undefined,
  nowMs: number,
): Assessment {
  const suspended: Assessment = { health: 'suspended', reason: 'Its rollout is paused', since: progressing?.since }
  const { since } = available ?? {}
  if (available?.status !== 'False' || since === undefined || ageMs(since, nowMs) < readinessLimitMs) return suspended
  const ready = countIn(status, 'availableReplicas')
  const reason = `Its rollout is paused, with ${ready} of ${numberIn(spec, 'replicas') ?? 1} replicas available`
  return { health: 'degraded', reason, since }
}

function isComplete(progressing: Condition | undefined): boolean {
  return progressing?.status === 'True' && progressing.reason === 'NewReplicaSetAvailable'
}

function waitsFor(
  desired: number,
  created: number,
  updated: number,
  available: number,
  ready: number,
): string | undefined {
  if (created < desired) return `${created} of ${desired} replicas created`
  if (updated < desired) return `${updated} of ${desired} replicas updated`
  if (created > desired) return `${created - desired} old replicas are terminating`
  if (updated > available) return `${available} of ${updated} updated replicas available`
  if (ready < desired) return `${ready} of ${desired} replicas ready`
  return undefined
}
