import { conditionsOf, sayCondition } from './conditions.ts'
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
    const reason = expires === undefined ? sayCondition(ready) : `Valid until ${expires}`
    return { health: 'healthy', reason, since: ready.since, ...recheck }
  }
  if (issuing?.status === 'True') return { health: 'progressing', reason: sayCondition(issuing), since: issuing.since }
  // Not issuing and not ready: the last attempt failed, and the next is up to an hour away.
  const said = issuing?.status === 'False' ? issuing : ready
  return { health: 'degraded', reason: sayCondition(said), since: said.since }
}
