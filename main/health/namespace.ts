import { conditionsOf, sayCondition } from './conditions.ts'
import type { Rule } from './object.ts'

/** A namespace that does not go says in its conditions what holds it. */
export const namespace: Rule = ({ status }) => {
  if (status?.phase === 'Active') return { health: 'healthy', reason: 'Active' }
  const held = [...conditionsOf(status).values()].find(
    ({ status: truth, type }) => truth === 'True' && type.startsWith('Namespace'),
  )
  return {
    health: 'progressing',
    reason: held === undefined ? 'Being deleted' : sayCondition(held),
    since: held?.since,
  }
}
