import { conditionsOf, degradedBy } from './conditions.ts'
import { countIn, numberIn } from './fields.ts'
import type { Rule } from './object.ts'

/** As in Argo CD and kstatus: too few pods is a state of the workload, not of its budget. */
export const podDisruptionBudget: Rule = ({ status }) => {
  const allowed = conditionsOf(status).get('DisruptionAllowed')
  if (allowed?.status === 'False' && allowed.reason !== 'InsufficientPods') return degradedBy(allowed)
  if (allowed === undefined && numberIn(status, 'observedGeneration') === undefined) {
    return { health: 'progressing', reason: 'Its controller has not observed it yet' }
  }
  const healthy = `${countIn(status, 'currentHealthy')} pods healthy, ${countIn(status, 'desiredHealthy')} needed`
  return { health: 'healthy', reason: `${countIn(status, 'disruptionsAllowed')} disruptions allowed; ${healthy}` }
}
