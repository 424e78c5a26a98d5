import { conditionsOf, degradedBy, formatCondition } from './conditions.ts'
import { fieldsIn } from './fields.ts'
import type { Rule } from './object.ts'
import { fromClient } from './webhook.ts'

/** As in kstatus, except that a rejected name is degraded, because it does not recover by itself; and as in Argo CD. */
export const customResourceDefinition: Rule = ({ metadata, spec, status }, nowMs) => {
  const conditions = conditionsOf(status)
  const names = conditions.get('NamesAccepted')
  if (names?.status === 'False') return degradedBy(names)
  const schema = conditions.get('NonStructuralSchema')
  if (schema?.status === 'True') return degradedBy(schema)
  const ending = conditions.get('Terminating')
  if (ending?.status === 'True') return { health: 'progressing', reason: formatCondition(ending), since: ending.since }
  const established = conditions.get('Established')
  if (established?.status === 'False' && established.reason !== 'Installing') return degradedBy(established)
  if (established?.status === 'True') {
    const client = fieldsIn(fieldsIn(fieldsIn(spec, 'conversion'), 'webhook'), 'clientConfig')
    return (
      fromClient('for conversion', client, metadata, nowMs) ?? {
        health: 'healthy',
        reason: 'Established',
        since: established.since,
      }
    )
  }
  return { health: 'progressing', reason: 'Not established yet', since: established?.since }
}
