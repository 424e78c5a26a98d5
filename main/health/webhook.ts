import { X509Certificate } from 'node:crypto'
import { type Fields, fieldsIn, listIn, textIn } from './fields.ts'
import { progressingUntil, verificationLimitMs } from './limits.ts'
import type { Assessment, Rule } from './object.ts'

/**
 * A webhook that is a service needs the certificates that signed its own, which a controller fills in. Without them each of
 * its calls fails: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#service-reference
 */
export const webhookConfiguration: Rule = (object, nowMs) => {
  // Both are fields of the object itself: these kinds have no spec.
  const webhooks = listIn(object.content, 'webhooks')
  const broken = webhooks
    .map((webhook) =>
      fromClient(textIn(webhook, 'name') ?? '?', fieldsIn(webhook, 'clientConfig'), object.metadata, nowMs),
    )
    .find((assessment) => assessment !== undefined)
  return (
    broken ?? { health: 'healthy', reason: `${webhooks.length} webhooks`, since: object.metadata.creationTimestamp }
  )
}

/** What is wrong with the certificates of a webhook; undefined if nothing is. */
export function fromClient(
  name: string,
  clientConfig: Fields,
  metadata: { readonly creationTimestamp?: string },
  nowMs: number,
): Assessment | undefined {
  if (textIn(fieldsIn(clientConfig, 'service'), 'name') === undefined) return undefined
  const bundle = Buffer.from(textIn(clientConfig, 'caBundle') ?? '', 'base64')
    .toString()
    .trim()
  if (bundle === '') {
    const reason = `Webhook ${name} has no CA bundle (caBundle), so the API server cannot call it`
    return progressingUntil(verificationLimitMs, { reason, since: metadata.creationTimestamp }, nowMs, 'Not usable')
  }
  const expired = expiryOf(bundle)
  if (expired === undefined || expired > nowMs) return undefined
  const since = new Date(expired).toISOString()
  return { health: 'degraded', reason: `The CA bundle of webhook ${name} expired at ${since}`, since }
}

/** When the last of the certificates expires; undefined if one cannot be read, which the API server would not accept. */
function expiryOf(bundle: string): number | undefined {
  const certificates = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    const ends = certificates.map((pem) => Date.parse(new X509Certificate(pem).validTo))
    return ends.length === 0 ? undefined : Math.max(...ends)
  } catch {
    return undefined
  }
}
