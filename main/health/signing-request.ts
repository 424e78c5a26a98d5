import { conditionsOf, degradedBy } from './conditions.ts'
import { textIn } from './fields.ts'
import { issuanceLimitMs, progressingUntil } from './limits.ts'
import type { Rule } from './object.ts'

/** https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#request-signing-process */
export const signingRequest: Rule = ({ metadata, status }, nowMs) => {
  const conditions = conditionsOf(status)
  const refused = ['Denied', 'Failed'].map((type) => conditions.get(type)).find((one) => one?.status === 'True')
  if (refused !== undefined) return degradedBy(refused)
  if (textIn(status, 'certificate') !== undefined) return { health: 'healthy', reason: 'Issued' }
  const approved = conditions.get('Approved')
  const reason = approved?.status === 'True' ? 'Approved, not signed yet' : 'Waiting for approval'
  const since = approved?.since ?? metadata.creationTimestamp
  return progressingUntil(issuanceLimitMs, { reason, since }, nowMs, 'Not issued')
}
