import { conditionsOf, degradedBy } from './conditions.ts'
import { isFields, listIn } from './fields.ts'
import type { Rule } from './object.ts'

/**
 * A claim to devices is allocated when a pod that uses it is scheduled, however late. Drivers report the state of each
 * device: https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
export const resourceClaim: Rule = ({ metadata, status }) => {
  if (!isFields(status?.allocation)) return { health: 'progressing', reason: 'Waiting for a pod that uses it' }
  const conditions = listIn(status, 'devices').flatMap((device) => [...conditionsOf(device, metadata).values()])
  const wrong = conditions.find((condition) => condition.type === 'Ready' && condition.status === 'False')
  return wrong === undefined ? { health: 'healthy', reason: 'Allocated' } : degradedBy(wrong)
}
