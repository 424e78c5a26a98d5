import { type Condition, conditionsOf, sayCondition } from './conditions.ts'
import { countIn, numberIn } from './fields.ts'
import { ageMs, unavailableGraceMs } from './limits.ts'
import type { Assessment, Rule } from './object.ts'

/** MaxInt32 stands for "no deadline": such a Deployment never gets a Progressing condition. */
const noDeadlineSeconds = 2_147_483_647

/** kstatus' Deployment, and: a finished rollout that lost all its replicas, or may not make them, is down. */
export const deployment: Rule = ({ spec, status }, nowMs) => {
  const conditions = conditionsOf(status)
  const progressing = conditions.get('Progressing')
  const available = conditions.get('Available')
  if (spec?.paused === true) return { health: 'suspended', reason: 'Its rollout is paused', since: progressing?.since }
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return { health: 'degraded', reason: sayCondition(progressing), since: progressing.since }
  }
  const refused = conditions.get('ReplicaFailure')
  if (refused?.status === 'True') return { health: 'degraded', reason: sayCondition(refused), since: refused.since }

  const waiting = waitsFor(
    numberIn(spec, 'replicas') ?? 1,
    countIn(status, 'replicas'),
    countIn(status, 'updatedReplicas'),
    countIn(status, 'availableReplicas'),
    countIn(status, 'readyReplicas'),
  )
  const down = lostAll(countIn(status, 'availableReplicas'), progressing, available, nowMs)
  if (down !== undefined && waiting !== undefined) return { ...down, reason: waiting }
  if (waiting !== undefined) return { health: 'progressing', reason: waiting, since: progressing?.since }
  const hasDeadline = (numberIn(spec, 'progressDeadlineSeconds') ?? noDeadlineSeconds) < noDeadlineSeconds
  if (hasDeadline && !isComplete(progressing)) {
    return { health: 'progressing', reason: 'Its new replica set is not available yet', since: progressing?.since }
  }
  if (available?.status !== 'True') {
    return { health: 'progressing', reason: 'It is not available yet', since: available?.since }
  }
  return { health: 'healthy', reason: `${countIn(status, 'availableReplicas')} available`, since: available.since }
}

function isComplete(progressing: Condition | undefined): boolean {
  return progressing?.status === 'True' && progressing.reason === 'NewReplicaSetAvailable'
}

/** Only after its rollout was complete: before, having none is the way up. */
function lostAll(
  replicas: number,
  progressing: Condition | undefined,
  available: Condition | undefined,
  nowMs: number,
): Pick<Assessment, 'health' | 'since' | 'recheckAtMs'> | undefined {
  if (replicas > 0 || !isComplete(progressing) || available?.status !== 'False') return undefined
  const leftMs = unavailableGraceMs - ageMs(available.since, nowMs)
  return leftMs <= 0
    ? { health: 'degraded', since: available.since }
    : { health: 'progressing', since: available.since, recheckAtMs: nowMs + leftMs }
}

function waitsFor(wanted: number, made: number, updated: number, available: number, ready: number): string | undefined {
  if (made < wanted) return `${made} of ${wanted} replicas made`
  if (updated < wanted) return `${updated} of ${wanted} replicas updated`
  if (made > wanted) return `${made - wanted} old replicas are ending`
  if (updated > available) return `${available} of ${updated} updated replicas available`
  if (ready < wanted) return `${ready} of ${wanted} replicas ready`
  return undefined
}
