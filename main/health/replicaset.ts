import { conditionsOf, sayCondition } from './conditions.ts'
import { countIn, numberIn } from './fields.ts'
import type { Rule } from './object.ts'

/** kstatus' ReplicaSet; one that may not make its pods (a quota, a policy) is degraded, as in Argo. */
export const replicaSet: Rule = ({ spec, status }) => {
  const failure = conditionsOf(status).get('ReplicaFailure')
  if (failure?.status === 'True') return { health: 'degraded', reason: sayCondition(failure), since: failure.since }
  const wanted = numberIn(spec, 'replicas') ?? 1
  const counts = [
    ['labelled', countIn(status, 'fullyLabeledReplicas')],
    ['available', countIn(status, 'availableReplicas')],
    ['ready', countIn(status, 'readyReplicas')],
  ] as const
  const short = counts.find(([, done]) => done < wanted)
  if (short !== undefined) return { health: 'progressing', reason: `${short[1]} of ${wanted} replicas ${short[0]}` }
  const made = countIn(status, 'replicas')
  if (made > wanted) return { health: 'progressing', reason: `${made - wanted} replicas are ending` }
  return { health: 'healthy', reason: wanted === 0 ? 'Scaled to none' : `${wanted} ready` }
}
