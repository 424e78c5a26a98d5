import { type Condition, conditionsOf, sayCondition } from './conditions.ts'
import { listIn } from './fields.ts'
import type { Assessment, Rule } from './object.ts'

/** Gateway API: https://gateway-api.sigs.k8s.io/concepts/conformance/#conditions */
export const gateway: Rule = ({ status }) => {
  const conditions = conditionsOf(status)
  return judge([conditions.get('Accepted'), conditions.get('Programmed')])
}

/** A route has its conditions per gateway that it asks to be part of. */
export const route: Rule = ({ status }) => {
  const parents = listIn(status, 'parents')
  if (parents.length === 0) return undefined
  return judge(
    parents.flatMap((parent) => {
      const conditions = conditionsOf(parent)
      return [conditions.get('Accepted'), conditions.get('ResolvedRefs')]
    }),
  )
}

function judge(wanted: readonly (Condition | undefined)[]): Assessment | undefined {
  const refused = wanted.find((condition) => condition?.status === 'False' && condition.reason !== 'Pending')
  if (refused !== undefined) return { health: 'degraded', reason: sayCondition(refused), since: refused.since }
  if (wanted.every((condition) => condition === undefined)) return undefined
  const open = wanted.find((condition) => condition?.status !== 'True')
  const last = wanted.at(-1)
  return wanted.every((condition) => condition?.status === 'True')
    ? { health: 'healthy', reason: last === undefined ? 'Accepted' : sayCondition(last), since: last?.since }
    : {
        health: 'progressing',
        reason: open === undefined ? 'Not programmed yet' : sayCondition(open),
        since: open?.since,
      }
}
