import { conditionsOf, formatCondition } from './conditions.ts'
import { countIn, numberIn } from './fields.ts'
import type { Rule } from './object.ts'

/** As in kstatus. One that is not permitted to create its pods (quota, policy) is degraded, as in Argo CD. */
export const replicaSet: Rule = ({ spec, status }) => {
  const failure = conditionsOf(status).get('ReplicaFailure')
  if (failure?.status === 'True') return { health: 'degraded', reason: formatCondition(failure), since: failure.since }
  const desired = numberIn(spec, 'replicas') ?? 1
  const counts = [
    ['labelled', countIn(status, 'fullyLabeledReplicas')],
    ['available', countIn(status, 'availableReplicas')],
    ['ready', countIn(status, 'readyReplicas')],
  ] as const
  const short = counts.find(([, done]) => done < desired)
  if (short !== undefined) return { health: 'progressing', reason: `${short[1]} of ${desired} replicas ${short[0]}` }
  const created = countIn(status, 'replicas')
  if (created > desired) return { health: 'progressing', reason: `${created - desired} replicas are terminating` }
  return { health: 'healthy', reason: desired === 0 ? 'Scaled to zero' : `${desired} ready` }
}
