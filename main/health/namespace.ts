import { namespaceBlockers } from './deletion.ts'
import type { Rule } from './object.ts'

/** The conditions of a terminating namespace name what blocks its deletion. */
export const namespace: Rule = (object) => {
  if (object.status?.phase === 'Active') return { health: 'healthy', reason: 'Active' }
  return { health: 'progressing', reason: namespaceBlockers(object) ?? 'Being deleted' }
}
