import { conditionsOf, sayCondition } from './conditions.ts'
import type { Rule } from './object.ts'

export const node: Rule = ({ status }) => {
  const ready = conditionsOf(status).get('Ready')
  if (ready === undefined) return { health: 'progressing', reason: 'Has not reported yet' }
  const health = { True: 'healthy', False: 'degraded' } as const
  const known = ready.status === 'True' || ready.status === 'False' ? health[ready.status] : 'unknown'
  return { health: known, reason: sayCondition(ready), since: ready.since }
}
