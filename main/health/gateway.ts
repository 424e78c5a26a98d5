import { type Condition, conditionsOf, formatCondition } from './conditions.ts'
import { listIn } from './fields.ts'
import type { Assessment, Rule } from './object.ts'

/** Gateway API: https://gateway-api.sigs.k8s.io/concepts/conformance/#conditions */
export const gateway: Rule = ({ status }) => {
  const conditions = conditionsOf(status)
  return assessConditions([conditions.get('Accepted'), conditions.get('Programmed')])
}

/** A route has conditions for each parent gateway. */
export const route: Rule = ({ status }) => {
  const parents = listIn(status, 'parents')
  if (parents.length === 0) return undefined
  return assessConditions(
    parents.flatMap((parent) => {
      const conditions = conditionsOf(parent)
      return [conditions.get('Accepted'), conditions.get('ResolvedRefs')]
    }),
  )
}

function assessConditions(conditions: readonly (Condition | undefined)[]): Assessment | undefined {
  const refused = conditions.find((condition) => condition?.status === 'False' && condition.reason !== 'Pending')
  if (refused !== undefined) return { health: 'degraded', reason: formatCondition(refused), since: refused.since }
  if (conditions.every((condition) => condition === undefined)) return undefined
  const pending = conditions.find((condition) => condition?.status !== 'True')
  const last = conditions.at(-1)
  return conditions.every((condition) => condition?.status === 'True')
    ? { health: 'healthy', reason: last === undefined ? 'Accepted' : formatCondition(last), since: last?.since }
    : {
        health: 'progressing',
        reason: pending === undefined ? 'Not programmed yet' : formatCondition(pending),
        since: pending?.since,
      }
}
