import { conditionsOf, formatCondition } from './conditions.ts'
import { countIn, isFields, numberIn } from './fields.ts'
import { progressingUntil, readinessLimitMs } from './limits.ts'
import type { Rule } from './object.ts'

/** As in kstatus. One that is not permitted to create its pods (quota, policy) is degraded, as in Argo CD. */
export const replicaSet: Rule = ({ metadata, spec, status }, nowMs, unhealthySince) => {
  const failure = conditionsOf(status).get('ReplicaFailure')
  if (failure?.status === 'True') return { health: 'degraded', reason: formatCondition(failure), since: failure.since }
  const desired = numberIn(spec, 'replicas') ?? 1
  const counts = [
    ['labelled', countIn(status, 'fullyLabeledReplicas')],
    ['available', countIn(status, 'availableReplicas')],
    ['ready', countIn(status, 'readyReplicas')],
  ] as const
  const short = counts.find(([, done]) => done < desired)
  if (short !== undefined) {
    const reason = `${short[1]} of ${desired} replicas ${short[0]}`
    // A Deployment has a deadline of its own for its rollout.
    const since = isOwned(metadata.ownerReferences) ? undefined : (unhealthySince ?? metadata.creationTimestamp)
    return progressingUntil(readinessLimitMs, { reason, since }, nowMs, 'Incomplete')
  }
  const created = countIn(status, 'replicas')
  if (created > desired) return { health: 'progressing', reason: `${created - desired} replicas are terminating` }
  return { health: 'healthy', reason: desired === 0 ? 'Scaled to zero' : `${desired} ready` }
}

const isOwned = (owners: unknown): boolean =>
  Array.isArray(owners) && owners.some((owner) => isFields(owner) && owner.controller === true)
