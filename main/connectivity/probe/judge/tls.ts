import type { CertificateFacts, Facts, HttpResponse, TlsFacts } from '../facts.ts'
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
  match: (tls: Established, target: Target) => string | undefined,
): Detector => ({
  cause,
  match: ({ tls }, target) => (tls?.kind === 'established' ? match(tls, target) : undefined),
})
const failed = (cause: Detector['cause'], match: (tls: Failed, target: Target) => string | undefined): Detector => ({
  cause,
  match: ({ tls }, target) => (tls?.kind === 'failed' ? match(tls, target) : undefined),
})

const issuerOf = (tls: Established): string => tls.chain.at(-1)?.issuer ?? 'an unknown issuer'

/** Signs that a device on the path issued this chain; undefined without any. Public roots issue none to such devices. */
export function signsOfInterception(tls: Established): string | undefined {
  if (tls.trusted.byBundled) return undefined
  if (tls.mintedOnDemand === true)
    return `signed on demand by ${tls.chain[0]?.issuer}: a certificate for a made-up name was presented too`
  const product = tls.chain
    .map(({ issuer, subject }) => inspectionProduct(issuer) || inspectionProduct(subject))
    .find((name) => name !== '')
  return product === undefined ? undefined : `signed by ${product}: ${tls.chain[0]?.issuer}`
}

/** OpenSSL's security level 2 (the default of Node 24, Debian and RHEL), and CA/Browser Forum Baseline Requirements §6.1.5. */
const minimumRsaBits = 2_048

/** The certificate whose key is too short, in a chain that is signed by a trusted root; undefined when none is. */
function weakCertificate({ chain, trusted }: Established): CertificateFacts | undefined {
  if (!trusted.signedForTarget) return undefined
  // A chain can have certificates that no path needs: those behind the leaf matter only when OpenSSL rejects the chain.
  const relevant = trusted.error === '' ? chain.slice(0, 1) : chain
  return relevant.find(({ rsaBits }) => rsaBits !== undefined && rsaBits < minimumRsaBits)
}

const isTrusted = ({ trusted }: Established): boolean => trusted.byTarget
const isInspectionAllowed = (tls: Established, target: Target): boolean =>
  isTrusted(tls) && target.inspection === 'with-ca'

function outOfDate({ at, validFrom, validTo }: Established): 'not-yet-valid' | 'expired' | undefined {
  if (at < validFrom) return 'not-yet-valid'
  return at > validTo ? 'expired' : undefined
}

/** By the server's clock the certificate is in date, and that clock is not ours. */
function clockMismatch(tls: Established): string | undefined {
  const offset = tls.unverifiedResponse === undefined ? undefined : clockOffsetMs(tls.unverifiedResponse)
  if (outOfDate(tls) === undefined || offset === undefined || Math.abs(offset) < clockDriftMs) return undefined
  const serverTime = tls.at + offset
  return serverTime >= tls.validFrom && serverTime <= tls.validTo
    ? `the server’s clock is ${Math.round(offset / 1_000)} s from ours, and by it the certificate is in date`
    : undefined
}

/** A page that identifies itself, over a connection whose certificate is not the server's. */
const pageInstead = (cause: Detector['cause'], response: HttpResponse | undefined): string | undefined => {
  const page = response === undefined ? undefined : wrongPage(response)
  return page?.cause === cause && page.certain ? page.message : undefined
}
const isSuspect = (tls: Established): boolean => !isTrusted(tls) || tls.nameError !== ''

// Alerts by which a server rejects our certificate (RFC 8446 §6.2), during the handshake or just after it.
const certificateAlerts =
  /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|DECRYPT_ERROR)/
export const refusesCertificate = (code: string): boolean => certificateAlerts.test(code)

const versionCodes =
  /UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|WRONG_SSL_VERSION|NO_PROTOCOLS_AVAILABLE|WRONG_VERSION_NUMBER|ALERT_HANDSHAKE_FAILURE|ALERT_INSUFFICIENT_SECURITY|WRONG_CIPHER_RETURNED|UNKNOWN_CIPHER_RETURNED|NO_SHARED_CIPHER|INAPPROPRIATE_FALLBACK|LEGACY_SIGALG|DH_KEY_TOO_SMALL|UNSAFE_LEGACY_RENEGOTIATION/

/** An alert record has 7 bytes: the server sent nothing before it, so no certificate either. */
const onlyAlerted = ({ receivedBytes }: Failed): boolean => receivedBytes <= 14

const tlsDetectors: readonly Detector[] = [
  failed('identity.captive-portal', ({ unverifiedResponse }) =>
    pageInstead('identity.captive-portal', unverifiedResponse),
  ),
  failed('identity.block-page', ({ outcome, unverifiedResponse }) => {
    const page = mayBePlainHttp(outcome) ? pageInstead('identity.block-page', unverifiedResponse) : undefined
    return page === undefined ? undefined : `without TLS, ${page}`
  }),
  failed('identity.protocol', ({ outcome, firstBytes, unverifiedResponse, answersSmallHello }) => {
    if (outcome === 'not-tls') return `the server does not use TLS; it sent ${firstBytes}`
    // TLS servers may answer HTTP without TLS too, to report the mistake (Go's does).
    return outcome === 'stalled' && answersSmallHello !== true && unverifiedResponse !== undefined
      ? `the server does not use TLS; without TLS it answers HTTP ${unverifiedResponse.status}`
      : undefined
  }),
  failed('tls.client-cert', ({ code, receivedBytes, clientCertificateGiven }) => {
    const afterCertificates = /ALERT_HANDSHAKE_FAILURE/.test(code) && receivedBytes > 200
    return refusesCertificate(code) || afterCertificates
      ? `${code} (${clientCertificateGiven ? 'a client certificate was given' : 'no client certificate was given'})`
      : undefined
  }),
  failed('tls.name', ({ code }) =>
    /UNRECOGNIZED_NAME/.test(code) ? `the server reports that it does not know this name (${code})` : undefined,
  ),
  failed('identity.http2', ({ code }) =>
    /NO_APPLICATION_PROTOCOL/.test(code)
      ? `the server supports none of the offered application protocols (${code})`
      : undefined,
  ),
  failed('tls.version', (tls) =>
    tls.outcome === 'error' && versionCodes.test(tls.code)
      ? `${tls.code}${onlyAlerted(tls) ? ', before any certificate' : ''}`
      : undefined,
  ),
  failed('tcp.reset', ({ outcome, dropsSilentConnection }) =>
    isCut(outcome) && dropsSilentConnection === true
      ? `the connection is ${outcome}, and so is a connection on which nothing is sent`
      : undefined,
  ),
  failed('tls.reset', ({ outcome, answersOtherName, code }) =>
    isCut(outcome)
      ? `the connection is ${outcome} at the TLS ClientHello (${code}); ${describeOtherName(answersOtherName)}`
      : undefined,
  ),
  failed('mtu.black-hole', ({ outcome, answersSmallHello, receivedBytes }) =>
    outcome === 'stalled' && answersSmallHello === true
      ? `the handshake stalls after ${receivedBytes} bytes, while a ClientHello whose answer is 7 bytes is answered`
      : undefined,
  ),
  failed('tls.stalled', ({ outcome, receivedBytes }) =>
    outcome === 'stalled' ? `no handshake; ${receivedBytes} bytes received` : undefined,
  ),
  failed('tls.failed', ({ outcome, code, receivedBytes }) => `${outcome}: ${code}, after ${receivedBytes} bytes`),
  established('identity.captive-portal', (tls) =>
    isSuspect(tls) ? pageInstead('identity.captive-portal', tls.unverifiedResponse) : undefined,
  ),
  established('identity.block-page', (tls) =>
    isSuspect(tls) ? pageInstead('identity.block-page', tls.unverifiedResponse) : undefined,
  ),
  established('tls.intercepted', (tls, target) =>
    isInspectionAllowed(tls, target) ? undefined : signsOfInterception(tls),
  ),
  established('tls.untrusted', (tls) =>
    isTrusted(tls) || weakCertificate(tls) !== undefined
      ? undefined
      : `not trusted (${tls.trusted.error || 'no path to a trusted root'}): signed by ${issuerOf(tls)}`,
  ),
  established('clock.skew', clockMismatch),
  established('tls.expired', (tls) =>
    outOfDate(tls) === 'expired' ? `expired ${new Date(tls.validTo).toISOString()}` : undefined,
  ),
  established('tls.not-yet-valid', (tls) =>
    outOfDate(tls) === 'not-yet-valid' ? `valid only from ${new Date(tls.validFrom).toISOString()}` : undefined,
  ),
  established('tls.name', ({ nameError }) => (nameError === '' ? undefined : nameError)),
  established('tls.weak-key', (tls) => {
    const weak = weakCertificate(tls)
    return weak === undefined
      ? undefined
      : `RSA key of ${weak.rsaBits} bits, and ${minimumRsaBits} are required: ${weak.subject}`
  }),
]

const mayBePlainHttp = (outcome: Failed['outcome']): boolean => outcome === 'not-tls' || outcome === 'stalled'
const isCut = (outcome: Failed['outcome']): boolean => outcome === 'reset' || outcome === 'closed'

function describeOtherName(answers: boolean | undefined): string {
  if (answers === undefined) return 'a ClientHello for another name was not tried'
  return answers
    ? 'a ClientHello for another name is answered: the name is filtered'
    : 'a ClientHello for another name is not answered either'
}

const tlsWarnings: readonly Detector[] = [
  established('tls.inspected', (tls, target) =>
    // Roots that the endpoint gives can have any name; a certificate issued on demand comes from a device in any case.
    isInspectionAllowed(tls, target) && (target.trust.kind !== 'pem' || tls.mintedOnDemand === true)
      ? signsOfInterception(tls)
      : undefined,
  ),
  established('tls.private-root', (tls, target) =>
    target.trust.kind !== 'pem' && target.scope === 'external' && !tls.trusted.byBundled
      ? `the issuer ${issuerOf(tls)} is trusted only by roots that were added to this machine`
      : undefined,
  ),
]

export function judgeTls(facts: Facts, target: Target): Judgement {
  const { tls } = facts
  if (tls === undefined) return skipped('not tried')
  if (tls.kind === 'none') return skipped('this endpoint does not use TLS')
  const failure = detect(tlsDetectors, facts, target)
  const details = tls.kind === 'established' ? describeTls(tls) : ''
  if (failure !== undefined) return { ...(misleadingDns(facts, 'tls') ?? failure), details }
  const warning = detect(tlsWarnings, facts, target)
  return warning === undefined ? passed(details) : { ...warning, details }
}

/** Version, names and chain as text. */
export function describeTls(tls: Established): string {
  const trustedBy = [
    ...(tls.trusted.byBundled ? ['the public roots'] : []),
    ...(tls.trusted.bySystem ? ['this machine’s roots'] : []),
    ...(tls.trusted.byTarget ? ['the component’s roots'] : []),
  ]
  const chain = tls.chain.map(({ subject, issuer, names, notBefore, notAfter, keySha256 }, index) =>
    index === 0
      ? `certificate: ${subject}; ${names}; from ${notBefore} to ${notAfter}; key ${keySha256}; signed by ${issuer}`
      : `  issuer: ${subject}; to ${notAfter}`,
  )
  return [
    `${tls.version}, ${tls.cipher}, ALPN ${tls.alpn || 'none'}, name ${tls.serverName}; trusted by ${trustedBy.join(', ') || 'none of the known roots'}`,
    ...chain,
  ].join('\n')
}
