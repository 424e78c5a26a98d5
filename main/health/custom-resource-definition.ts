import { conditionsOf, sayCondition } from './conditions.ts'
import type { Rule } from './object.ts'

/** kstatus' CustomResourceDefinition, except that a refused name is red: it does not mend itself. */
export const customResourceDefinition: Rule = ({ status }) => {
  const conditions = conditionsOf(status)
  const names = conditions.get('NamesAccepted')
  if (names?.status === 'False') return { health: 'degraded', reason: sayCondition(names), since: names.since }
  const established = conditions.get('Established')
  if (established?.status === 'True') return { health: 'healthy', reason: 'Established', since: established.since }
  if (established?.status === 'False' && established.reason !== 'Installing') {
    return { health: 'degraded', reason: sayCondition(established), since: established.since }
  }
  return { health: 'progressing', reason: 'Being set up', since: established?.since }
}
