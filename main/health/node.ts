import { conditionsOf, formatCondition } from './conditions.ts'
import type { Rule } from './object.ts'

export const node: Rule = ({ status }) => {
  const ready = conditionsOf(status).get('Ready')
  if (ready === undefined) return { health: 'progressing', reason: 'No status reported yet' }
  const health = { True: 'healthy', False: 'degraded' } as const
  const assessed = ready.status === 'True' || ready.status === 'False' ? health[ready.status] : 'unknown'
  return { health: assessed, reason: formatCondition(ready), since: ready.since }
}
