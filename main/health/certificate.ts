import { type Condition, conditionsOf, degradedBy, formatCondition } from './conditions.ts'
import { countIn, type Fields, textIn } from './fields.ts'
import { ageMs, formatLimit, issuanceLimitMs, issuanceStartMs, progressingUntil } from './limits.ts'
import type { Assessment, Rule } from './object.ts'

/** cert-manager's Certificate: https://cert-manager.io/docs/usage/certificate/ */
export const certificate: Rule = ({ metadata, status }, nowMs) => {
  const conditions = conditionsOf(status, metadata)
  const ready = conditions.get('Ready')
  const issuing = conditions.get('Issuing')
  if (ready === undefined) return undefined
  const expires = textIn(status, 'notAfter')
  if (Date.parse(expires ?? '') <= nowMs) return { health: 'degraded', reason: `Expired at ${expires}`, since: expires }
  const failure = failedRenewal(status, issuing, nowMs)
  if (failure !== undefined) return failure
  if (issuing?.status === 'True') {
    const attempts = countIn(status, 'failedIssuanceAttempts')
    // Each attempt begins anew, and without a valid certificate none has succeeded since it was last ready.
    const isRepeated = attempts > 0 && ready.status === 'False'
    const before = isRepeated ? `; ${attempts} attempts failed before` : ''
    const wait = { reason: `${formatCondition(issuing)}${before}`, since: isRepeated ? ready.since : issuing.since }
    return progressingUntil(issuanceLimitMs, wait, nowMs, 'Issuing')
  }
  if (ready.status === 'True') return valid(status, ready, nowMs)
  if (ready.status !== 'False') return { health: 'progressing', reason: formatCondition(ready), since: ready.since }
  if (issuing === undefined && isJustTriggered(ready, nowMs)) {
    return progressingUntil(issuanceStartMs, { reason: formatCondition(ready), since: ready.since }, nowMs)
  }
  // Neither issuing nor ready: the last attempt failed, and the next follows within an hour.
  return degradedBy(issuing?.status === 'False' ? issuing : ready)
}

/** Still valid, but its renewal is due and fails: it will expire. */
function failedRenewal(
  status: Fields | undefined,
  issuing: Condition | undefined,
  nowMs: number,
): Assessment | undefined {
  const isDue = Date.parse(textIn(status, 'renewalTime') ?? '') <= nowMs
  const attempts = countIn(status, 'failedIssuanceAttempts')
  const failedAt = textIn(status, 'lastFailureTime')
  if (!isDue || (attempts === 0 && failedAt === undefined)) return undefined
  const why = issuing === undefined ? '' : `: ${formatCondition(issuing)}`
  const until = textIn(status, 'notAfter')
  const expiry = until === undefined ? '' : `; valid until ${until}`
  return {
    health: 'degraded',
    reason: `Its renewal failed ${Math.max(attempts, 1)} times${why}${expiry}`,
    since: failedAt,
  }
}

function valid(status: Fields | undefined, ready: Condition, nowMs: number): Assessment {
  const expires = textIn(status, 'notAfter')
  const renewal = textIn(status, 'renewalTime')
  if (ageMs(renewal, nowMs) >= issuanceLimitMs) {
    const reason = `Its renewal is overdue for over ${formatLimit(issuanceLimitMs)}; valid until ${expires ?? '?'}`
    return { health: 'degraded', reason, since: renewal }
  }
  const reason = expires === undefined ? formatCondition(ready) : `Valid until ${expires}`
  const changes = [Date.parse(expires ?? ''), Date.parse(renewal ?? '') + issuanceLimitMs].filter((at) => at > nowMs)
  const recheck = changes.length === 0 ? {} : { recheckAtMs: Math.min(...changes) }
  return { health: 'healthy', reason, since: ready.since, ...recheck }
}

/** Reasons of cert-manager's trigger controller: it starts to issue right after. */
const triggers =
  /^(DoesNotExist|MissingData|InvalidKeyPair|InvalidCertificate|InvalidCertificateRequest|SecretMismatch|IncorrectIssuer|IncorrectCertificate|RequestChanged|Renewing|Expired|Pending)$/

function isJustTriggered({ reason, since }: Condition, nowMs: number): boolean {
  return triggers.test(reason) && since !== undefined && ageMs(since, nowMs) < issuanceStartMs
}
