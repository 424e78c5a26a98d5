import { conditionsOf, formatCondition } from './conditions.ts'
import type { Rule } from './object.ts'

/** As in kstatus, except that a rejected name is degraded, because it does not recover by itself. */
export const customResourceDefinition: Rule = ({ status }) => {
  const conditions = conditionsOf(status)
  const names = conditions.get('NamesAccepted')
  if (names?.status === 'False') return { health: 'degraded', reason: formatCondition(names), since: names.since }
  const established = conditions.get('Established')
  if (established?.status === 'True') return { health: 'healthy', reason: 'Established', since: established.since }
  if (established?.status === 'False' && established.reason !== 'Installing') {
    return { health: 'degraded', reason: formatCondition(established), since: established.since }
  }
  return { health: 'progressing', reason: 'Not established yet', since: established?.since }
}
