import { conditionsOfMost, fromConditions } from './condition-table.ts'
import { conditionsOf } from './conditions.ts'
import { fieldsIn } from './fields.ts'
import { progressingUntil, verificationLimitMs } from './limits.ts'
import type { Rule } from './object.ts'

/** The policies of `policies.kyverno.io` have their conditions one level deeper: https://kyverno.io/docs/policy-types/ */
export const kyvernoPolicy: Rule = ({ metadata, status }, nowMs) => {
  const own = fieldsIn(status, 'conditionStatus')
  const whole = fromConditions(conditionsOf(own, metadata), conditionsOfMost, nowMs)
  if (whole !== undefined && whole.health !== 'healthy') return whole
  if (own.ready === true) return { health: 'healthy', reason: 'Ready', since: metadata.creationTimestamp }
  if (own.ready !== false) return undefined
  const wait = { reason: 'Not ready', since: metadata.creationTimestamp }
  return progressingUntil(verificationLimitMs, wait, nowMs)
}
