import { fromConditions } from './condition-table.ts'
import { conditionTableOfConnectors } from './condition-tables.ts'
import { conditionsOf } from './conditions.ts'
import { fieldsIn, listIn, numberIn, textIn } from './fields.ts'
import type { Rule } from './object.ts'

/** Strimzi says Ready once Kafka Connect has taken the connector, whose own state and tasks are beside it. */
export const kafkaConnector: Rule = ({ metadata, status }, nowMs) => {
  const reported = fieldsIn(status, 'connectorStatus')
  const connector = fieldsIn(reported, 'connector')
  const state = textIn(connector, 'state')
  if (state === 'FAILED') return { health: 'degraded', reason: `FAILED: ${textIn(connector, 'trace') ?? 'no trace'}` }
  const failed = listIn(reported, 'tasks').find((task) => textIn(task, 'state') === 'FAILED')
  if (failed !== undefined) {
    const trace = textIn(failed, 'trace') ?? 'no trace'
    return { health: 'degraded', reason: `Task ${numberIn(failed, 'id') ?? '?'} FAILED: ${trace}` }
  }
  if (state === 'PAUSED' || state === 'STOPPED') return { health: 'suspended', reason: state }
  return fromConditions(conditionsOf(status, metadata), conditionTableOfConnectors, nowMs)
}
