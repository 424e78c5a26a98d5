import type { Runtime } from '../../../../preload/contract/profiles.ts'
import type { ChainFault, DateFault, Facts, HttpResponse, TlsFacts } from '../facts.ts'
import { clockDriftMs } from '../limits.ts'
import type { Target } from '../target.ts'
import { longHelloBytes } from '../tls/hello.ts'
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

const runtimeNames: Readonly<Record<Runtime, string>> = { go: 'Go', java: 'Java', node: 'Node.js', openssl: 'OpenSSL' }
const listRuntimes = (runtimes: readonly Runtime[]): string => runtimes.map((each) => runtimeNames[each]).join(', ')

/** Why the runtime does not accept the chain, and which others do. */
const chainFault = (cause: Detector['cause'], ...kinds: readonly ChainFault['kind'][]): Detector =>
  established(cause, (tls, target) => {
    const fault = tls.chainFault
    if (fault === undefined || !kinds.includes(fault.kind)) return undefined
    return `${fault.certificate}: ${fault.message}${acceptedElsewhere(tls, target)}`
  })

function acceptedElsewhere({ objections }: Established, { runtime }: Target): string {
  const accepting = allRuntimes.filter((each) => each !== runtime && objections[each] === '')
  return accepting.length === 0
    ? ''
    : `; ${runtimeNames[runtime]} rejects this, and ${listRuntimes(accepting)} would not`
}
const allRuntimes: readonly Runtime[] = ['go', 'java', 'node', 'openssl']

/** The first certificate of a chain that is out of date, and whose. */
const dateFault = (cause: Detector['cause'], match: (fault: DateFault) => boolean): Detector =>
  established(cause, ({ dateFault: fault }) => {
    if (fault === undefined || !match(fault)) return undefined
    const date = new Date(fault.date).toISOString()
    return `${fault.certificate} ${fault.kind === 'expired' ? 'expired' : 'is valid only from'} ${date}`
  })

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

const isTrusted = ({ trusted }: Established): boolean => trusted.byTarget
const isInspectionAllowed = (tls: Established, target: Target): boolean =>
  isTrusted(tls) && target.inspection === 'with-ca'

/** By the server's clock the certificate is in date, and that clock is not ours. */
function clockMismatch(tls: Established): string | undefined {
  const offset = tls.unverifiedResponse === undefined ? undefined : clockOffsetMs(tls.unverifiedResponse)
  if (tls.dateFault === undefined || offset === undefined || Math.abs(offset) < clockDriftMs) return undefined
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

/** Certificates that a server presents while it has none for a name, by subject or issuer. */
const defaultCertificates: readonly (readonly [RegExp, string])[] = [
  [/CN=Kubernetes Ingress Controller Fake Certificate\b/i, 'ingress-nginx'],
  [/CN=NGINXIngressController\b/i, 'the NGINX Ingress Controller'],
  [/CN=TRAEFIK DEFAULT CERT\b/i, 'Traefik'],
  [/CN=cert-manager\.local\b/i, 'cert-manager, until it has issued the right one'],
]

function defaultCertificate({ chain }: Established): string | undefined {
  const [own] = chain
  const [, sender] = defaultCertificates.find(([name]) => name.test(`${own?.subject}\n${own?.issuer}`)) ?? []
  return sender === undefined ? undefined : `${own?.subject}: the default certificate of ${sender}`
}

// Alerts by which a server rejects our certificate (RFC 8446 §6.2), during the handshake or just after it.
const certificateAlerts =
  /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|DECRYPT_ERROR)/
export const refusesCertificate = (code: string): boolean => certificateAlerts.test(code)

/** Refusals of what the client offers, by an alert or by this client. Another offer may be accepted. */
const versionCodes =
  /UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|WRONG_SSL_VERSION|NO_PROTOCOLS_AVAILABLE|WRONG_VERSION_NUMBER|ALERT_HANDSHAKE_FAILURE|ALERT_INSUFFICIENT_SECURITY|WRONG_CIPHER_RETURNED|UNKNOWN_CIPHER_RETURNED|NO_SHARED_CIPHER|INAPPROPRIATE_FALLBACK|LEGACY_SIGALG|DH_KEY_TOO_SMALL|UNSAFE_LEGACY_RENEGOTIATION/

export const refusesOffer = (code: string): boolean => versionCodes.test(code)

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
  failed('identity.http2', ({ code }, target) =>
    isAlpnAlert(code) && requiresHttp2(target)
      ? `the server does not accept the application protocol h2 (${code})`
      : undefined,
  ),
  failed('identity.alpn', ({ code, otherOffers }) =>
    isAlpnAlert(code)
      ? `the server accepts none of the application protocols that the component offers (${code}); it accepts ${otherOffers?.alpn.join(', ') || 'none of the others that were tried'}`
      : undefined,
  ),
  failed('tls.runtime', (tls, target) => (tls.outcome === 'error' ? refusedOffer(tls, target) : undefined)),
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
  failed('tls.hello-size', (tls) => {
    const { outcome, answersSmallHello, answersLongHello, answersSplitHello, code } = tls
    if (answersSmallHello !== true || answersLongHello !== false) return undefined
    if (isCut(outcome)) return `${describeCut(tls)}; ${sizeMatters}`
    // Small packets get through with all of it: then the packets are too large, not the hello.
    return outcome === 'stalled' && answersSplitHello === false
      ? `the ClientHello is not answered${code}; ${sizeMatters}`
      : undefined
  }),
  failed('tls.sni-filter', (tls) =>
    isCut(tls.outcome) && tls.answersOtherName === true
      ? `${describeCut(tls)}; a ClientHello for another name is answered`
      : undefined,
  ),
  failed('tls.runtime', (tls, target) => (isCut(tls.outcome) ? refusedOffer(tls, target) : undefined)),
  failed('tls.reset', (tls) =>
    isCut(tls.outcome) ? `${describeCut(tls)}; ${describeOtherName(tls.answersOtherName)}` : undefined,
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
  established('tls.default-certificate', (tls) => (isSuspect(tls) ? defaultCertificate(tls) : undefined)),
  chainFault('tls.incomplete-chain', 'incomplete'),
  chainFault('tls.untrusted', 'unknown-root', 'rejected'),
  chainFault('tls.partial-trust', 'partial'),
  chainFault('tls.malformed', 'malformed'),
  chainFault('tls.usage', 'usage'),
  chainFault('tls.name-constraint', 'name-constraint'),
  chainFault('tls.weak-signature', 'weak-signature'),
  established('clock.skew', clockMismatch),
  dateFault('tls.expired', ({ kind, role }) => kind === 'expired' && role === 'leaf'),
  dateFault('tls.chain-expired', ({ kind, role }) => kind === 'expired' && role === 'intermediate'),
  dateFault('tls.root-expired', ({ kind, role }) => kind === 'expired' && role === 'anchor'),
  dateFault('tls.not-yet-valid', ({ kind }) => kind === 'not-yet-valid'),
  established('tls.name', (tls, target) =>
    tls.nameError === '' ? undefined : `${tls.nameError}${acceptedElsewhere(tls, target)}`,
  ),
  chainFault('tls.weak-key', 'weak-key'),
  established('tls.hello-size', ({ longHello }) =>
    longHello === 'size' ? `${shorterHello}; ${sizeMatters}` : undefined,
  ),
  established('mtu.black-hole', ({ longHello }) =>
    longHello === 'packets'
      ? `${shorterHello}; one of ${longHelloBytes} bytes is answered only in small packets`
      : undefined,
  ),
]

const isAlpnAlert = (code: string): boolean => /NO_APPLICATION_PROTOCOL/.test(code)
const requiresHttp2 = ({ protocol, alpn }: Target): boolean =>
  protocol === 'grpc' || (alpn?.includes('h2') === true && !alpn.includes('http/1.1'))

const shorterHello = 'this handshake is done, with a shorter ClientHello than that of the component'
const sizeMatters = `a ClientHello of ${longHelloBytes} bytes is not answered, and a short one for the same name is`

/** The server refuses what this runtime offers, and accepts what another one does. */
function refusedOffer({ code, otherOffers }: Failed, { runtime }: Target): string | undefined {
  if (otherOffers === undefined || otherOffers.acceptedBy.length === 0) return undefined
  const chosen = otherOffers.chosen === '' ? '' : `; of everything, it chooses ${otherOffers.chosen}`
  return `the handshake of ${runtimeNames[runtime]} is refused (${code}), and that of ${listRuntimes(otherOffers.acceptedBy)} is accepted${chosen}`
}

const describeCut = ({ outcome, code }: Failed): string =>
  `the connection is ${outcome} at the TLS ClientHello (${code})`

const mayBePlainHttp = (outcome: Failed['outcome']): boolean => outcome === 'not-tls' || outcome === 'stalled'
const isCut = (outcome: Failed['outcome']): boolean => outcome === 'reset' || outcome === 'closed'

function describeOtherName(answers: boolean | undefined): string {
  if (answers === undefined) return 'a ClientHello for another name was not tried'
  return answers
    ? 'a ClientHello for another name is answered'
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
  established('tls.other-runtimes', ({ objections }, { runtime }) => {
    const objecting = allRuntimes.filter((each) => each !== runtime && objections[each] !== '')
    const [first] = objecting
    return first === undefined
      ? undefined
      : `${runtimeNames[runtime]} accepts the certificate, and ${listRuntimes(objecting)} would not: ${objections[first]}`
  }),
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
