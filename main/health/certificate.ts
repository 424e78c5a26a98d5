import { conditionsOf, formatCondition } from './conditions.ts'
import { textIn } from './fields.ts'
import type { Rule } from './object.ts'

/** cert-manager's Certificate: https://cert-manager.io/docs/usage/certificate/ */
export const certificate: Rule = ({ status }, nowMs) => {
  const conditions = conditionsOf(status)
  const ready = conditions.get('Ready')
  const issuing = conditions.get('Issuing')
  if (ready === undefined) return undefined
  const expires = textIn(status, 'notAfter')
  const expiresMs = expires === undefined ? Number.NaN : Date.parse(expires)
  if (expiresMs <= nowMs) return { health: 'degraded', reason: `Expired at ${expires}`, since: expires }
  if (ready.status === 'True') {
    const recheck = Number.isNaN(expiresMs) ? {} : { recheckAtMs: expiresMs }
    const reason = expires === undefined ? formatCondition(ready) : `Valid until ${expires}`
    return { health: 'healthy', reason, since: ready.since, ...recheck }
  }
  if (issuing?.status === 'True')
    return { health: 'progressing', reason: formatCondition(issuing), since: issuing.since }
  // Neither issuing nor ready: the last attempt failed, and the next follows within an hour.
  const failure = issuing?.status === 'False' ? issuing : ready
  return { health: 'degraded', reason: formatCondition(failure), since: failure.since }
}
