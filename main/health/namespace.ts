import { conditionsOf, formatCondition } from './conditions.ts'
import type { Rule } from './object.ts'

/** The conditions of a terminating namespace name what blocks its deletion. */
export const namespace: Rule = ({ status }) => {
  if (status?.phase === 'Active') return { health: 'healthy', reason: 'Active' }
  const blocker = [...conditionsOf(status).values()].find(
    ({ status: conditionStatus, type }) => conditionStatus === 'True' && type.startsWith('Namespace'),
  )
  return {
    health: 'progressing',
    reason: blocker === undefined ? 'Being deleted' : formatCondition(blocker),
    since: blocker?.since,
  }
}
