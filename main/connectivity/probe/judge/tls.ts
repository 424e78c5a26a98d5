import type { Facts, HttpResponse, TlsFacts } from '../facts.ts'
import { clockDriftMs } from '../limits.ts'
import type { Target } from '../target.ts'
import { inspectionProduct, wrongPage } from '../web-pages.ts'
import { clockOffsetMs } from './clock.ts'
import { type Detector, detect, type Judgement, passed, skipped } from './detector.ts'
import { misleadingDns } from './dns.ts'

type Established = Extract<TlsFacts, { kind: 'established' }>
type Failed = Extract<TlsFacts, { kind: 'failed' }>

const established = (
  cause: Detector['cause'],
  sees: (tls: Established, target: Target) => string | undefined,
): Detector => ({
  cause,
  match: ({ tls }, target) => (tls?.kind === 'established' ? sees(tls, target) : undefined),
})
const failed = (cause: Detector['cause'], sees: (tls: Failed, target: Target) => string | undefined): Detector => ({
  cause,
  match: ({ tls }, target) => (tls?.kind === 'failed' ? sees(tls, target) : undefined),
})

const signer = (tls: Established): string => tls.chain.at(-1)?.issuer ?? 'nobody'

/** Why this chain is a box's and not the far end's; undefined when nothing says so. Public roots sign for no such box. */
export function signsOfInterception(tls: Established): string | undefined {
  if (tls.trusted.byBundled) return undefined
  if (tls.mintedOnDemand === true)
    return `signed on demand by ${tls.chain[0]?.issuer}: a certificate for a made-up name was presented too`
  const product = tls.chain
    .map(({ issuer, subject }) => inspectionProduct(issuer) || inspectionProduct(subject))
    .find((name) => name !== '')
  return product === undefined ? undefined : `signed by ${product}: ${tls.chain[0]?.issuer}`
}

const isTrusted = ({ trusted }: Established): boolean => trusted.byTarget
const accepted = (tls: Established, target: Target): boolean => isTrusted(tls) && target.inspection === 'with-ca'

const outOfDate = ({ at, validFrom, validTo }: Established): 'not-yet-valid' | 'expired' | undefined =>
  at < validFrom ? 'not-yet-valid' : at > validTo ? 'expired' : undefined

/** By the clock of the far end the certificate is in date, and that clock is not ours. */
function clockMismatch(tls: Established): string | undefined {
  const offset = tls.unverifiedResponse === undefined ? undefined : clockOffsetMs(tls.unverifiedResponse)
  if (outOfDate(tls) === undefined || offset === undefined || Math.abs(offset) < clockDriftMs) return undefined
  const there = tls.at + offset
  return there >= tls.validFrom && there <= tls.validTo
    ? `the far end’s clock is ${Math.round(offset / 1_000)} s from ours, and by it the certificate is in date`
    : undefined
}

/** A page that says itself what it is, over a connection whose certificate is not the far end's. */
const pageInstead = (cause: Detector['cause'], unverifiedResponse: HttpResponse | undefined): string | undefined => {
  const page = unverifiedResponse === undefined ? undefined : wrongPage(unverifiedResponse)
  return page?.cause === cause && page.certain ? page.message : undefined
}
const isSuspect = (tls: Established): boolean => !isTrusted(tls) || tls.nameError !== ''

// Alerts by which a far end refuses what we presented (RFC 8446 §6.2): with the handshake, or just after it.
const certificateAlerts =
  /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|DECRYPT_ERROR)/
export const refusesCertificate = (code: string): boolean => certificateAlerts.test(code)

const versionCodes =
  /UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|WRONG_SSL_VERSION|NO_PROTOCOLS_AVAILABLE|WRONG_VERSION_NUMBER|ALERT_HANDSHAKE_FAILURE|ALERT_INSUFFICIENT_SECURITY|WRONG_CIPHER_RETURNED|UNKNOWN_CIPHER_RETURNED|NO_SHARED_CIPHER|INAPPROPRIATE_FALLBACK|LEGACY_SIGALG|DH_KEY_TOO_SMALL|UNSAFE_LEGACY_RENEGOTIATION/

/** 7 bytes: the far end sent an alert and nothing before it, so it never came to certificates. */
const onlyAlerted = ({ receivedBytes }: Failed): boolean => receivedBytes <= 14

const tlsDetectors: readonly Detector[] = [
  failed('identity.captive-portal', ({ unverifiedResponse }) =>
    pageInstead('identity.captive-portal', unverifiedResponse),
  ),
  failed('identity.block-page', ({ outcome, unverifiedResponse }) => {
    const page = speaksClear(outcome) && unverifiedResponse !== undefined ? wrongPage(unverifiedResponse) : undefined
    return page?.cause === 'identity.block-page' && page.certain ? `without TLS, ${page.message}` : undefined
  }),
  failed('identity.protocol', ({ outcome, firstBytes, unverifiedResponse, answersSmallHello }) => {
    if (outcome === 'not-tls') return `it does not speak TLS; it says ${firstBytes}`
    // Servers that speak TLS may answer HTTP in clear too, to say that they do not (Go's does).
    return outcome === 'stalled' && answersSmallHello !== true && unverifiedResponse !== undefined
      ? `it does not speak TLS; in clear it answers HTTP ${unverifiedResponse.status}`
      : undefined
  }),
  failed('tls.client-cert', ({ code, receivedBytes, clientCertificateGiven }) => {
    const afterCertificates = /ALERT_HANDSHAKE_FAILURE/.test(code) && receivedBytes > 200
    return refusesCertificate(code) || afterCertificates
      ? `${code} (${clientCertificateGiven ? 'a client certificate was given' : 'no client certificate was given'})`
      : undefined
  }),
  failed('tls.name', ({ code }) =>
    /UNRECOGNIZED_NAME/.test(code) ? `the far end says that it does not know this name (${code})` : undefined,
  ),
  failed('identity.http2', ({ code }) =>
    /NO_APPLICATION_PROTOCOL/.test(code)
      ? `the far end speaks none of the protocols that were offered (${code})`
      : undefined,
  ),
  failed('tls.version', (tls) =>
    tls.outcome === 'error' && versionCodes.test(tls.code)
      ? `${tls.code}${onlyAlerted(tls) ? ', before any certificate' : ''}`
      : undefined,
  ),
  failed('tcp.reset', ({ outcome, dropsSilentConnection }) =>
    isCut(outcome) && dropsSilentConnection === true
      ? `${cutWord(outcome)}; so is a connection on which nothing is said`
      : undefined,
  ),
  failed('tls.reset', ({ outcome, answersOtherName, code }) =>
    isCut(outcome)
      ? `${cutWord(outcome)} on the TLS hello (${code}); a hello for another name ${otherName(answersOtherName)}`
      : undefined,
  ),
  failed('mtu.black-hole', ({ outcome, answersSmallHello, receivedBytes }) =>
    outcome === 'stalled' && answersSmallHello === true
      ? `the handshake stalls after ${receivedBytes} bytes, while a hello that is refused in 7 bytes is answered`
      : undefined,
  ),
  failed('tls.stalled', ({ outcome, receivedBytes }) =>
    outcome === 'stalled' ? `no handshake; ${receivedBytes} bytes came` : undefined,
  ),
  failed('tls.failed', ({ outcome, code, receivedBytes }) => `${outcome}: ${code}, after ${receivedBytes} bytes`),
  established('identity.captive-portal', (tls) =>
    isSuspect(tls) ? pageInstead('identity.captive-portal', tls.unverifiedResponse) : undefined,
  ),
  established('identity.block-page', (tls) =>
    isSuspect(tls) ? pageInstead('identity.block-page', tls.unverifiedResponse) : undefined,
  ),
  established('tls.intercepted', (tls, target) => (accepted(tls, target) ? undefined : signsOfInterception(tls))),
  established('tls.untrusted', (tls) =>
    isTrusted(tls)
      ? undefined
      : `not trusted (${tls.trusted.error || 'no path to a trusted root'}): signed by ${signer(tls)}`,
  ),
  established('clock.skew', clockMismatch),
  established('tls.expired', (tls) =>
    outOfDate(tls) === 'expired' ? `expired ${new Date(tls.validTo).toISOString()}` : undefined,
  ),
  established('tls.not-yet-valid', (tls) =>
    outOfDate(tls) === 'not-yet-valid' ? `valid only from ${new Date(tls.validFrom).toISOString()}` : undefined,
  ),
  established('tls.name', ({ nameError }) => (nameError === '' ? undefined : nameError)),
]

const speaksClear = (outcome: Failed['outcome']): boolean => outcome === 'not-tls' || outcome === 'stalled'
const isCut = (outcome: Failed['outcome']): boolean => outcome === 'reset' || outcome === 'closed'
const cutWord = (outcome: Failed['outcome']): string =>
  outcome === 'reset' ? 'the connection is reset' : 'the connection is closed'
const otherName = (answers: boolean | undefined): string =>
  answers === undefined ? 'was not tried' : answers ? 'is answered: the name is filtered' : 'is cut too'

const tlsWarnings: readonly Detector[] = [
  established('tls.inspected', (tls, target) =>
    // Roots that the row itself gives may bear any name; what is signed on demand is a box's all the same.
    accepted(tls, target) && (target.trust.kind !== 'pem' || tls.mintedOnDemand === true)
      ? signsOfInterception(tls)
      : undefined,
  ),
  established('tls.private-root', (tls, target) =>
    target.trust.kind !== 'pem' && target.scope === 'external' && !tls.trusted.byBundled
      ? `only roots that were added to this machine lead to ${signer(tls)}`
      : undefined,
  ),
]

export function judgeTls(facts: Facts, target: Target): Judgement {
  const { tls } = facts
  if (tls === undefined) return skipped('not tried')
  if (tls.kind === 'none') return skipped('this row is without TLS')
  const found = detect(tlsDetectors, facts, target)
  const seen = tls.kind === 'established' ? describeTls(tls) : ''
  if (found !== undefined) {
    const judgement = misleadingDns(facts, 'tls') ?? found
    return { ...judgement, message: [judgement.message, seen].filter((part) => part !== '').join('\n') }
  }
  const warning = detect(tlsWarnings, facts, target)
  return warning === undefined ? passed(seen) : { ...warning, message: `${warning.message}\n${seen}` }
}

/** Version, names and chain, in words. */
export function describeTls(tls: Established): string {
  const vouchers = [
    ...(tls.trusted.byBundled ? ['the public roots'] : []),
    ...(tls.trusted.lookupWithSystem ? ['this machine’s roots'] : []),
    ...(tls.trusted.byTarget ? ['the component’s roots'] : []),
  ]
  const chain = tls.chain.map(({ subject, issuer, names, notBefore, notAfter, keySha256 }, index) =>
    index === 0
      ? `certificate: ${subject}; ${names}; from ${notBefore} to ${notAfter}; key ${keySha256}; signed by ${issuer}`
      : `  then: ${subject}; to ${notAfter}`,
  )
  return [
    `${tls.version}, ${tls.cipher}, ALPN ${tls.alpn || 'none'}, name ${tls.serverName}; vouched for by ${vouchers.join(', ') || 'nobody known here'}`,
    ...chain,
  ].join('\n')
}
