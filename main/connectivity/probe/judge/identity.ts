import { clearTextSignIn, discoveredWords } from '../discovered-hosts.ts'
import type { Facts, HoldFacts, Http2Error, HttpResponse, IdentityFacts } from '../facts.ts'
import { clockDriftMs, clockSkewMs } from '../limits.ts'
import { describeBody, expectation } from '../protocols/http.ts'
import { credentialsRequired, fault, type Recognition } from '../protocols/protocol.ts'
import { protocolClients } from '../protocols/protocols.ts'
import { type Refusal, refusalOf, refusalOfCall } from '../refusals.ts'
import type { Target } from '../target.ts'
import { wrongPage } from '../web-pages.ts'
import { clockOffsetMs } from './clock.ts'
import { type Detector, detect, type Judgement, passed, skipped, withCause } from './detector.ts'
import { misleadingDns } from './dns.ts'
import { proxyRefusal } from './proxy.ts'
import { refusesCertificate } from './tls.ts'

const whenIdentity = <K extends IdentityFacts['kind']>(
  kind: K,
  cause: Detector['cause'],
  match: (identity: Extract<IdentityFacts, { kind: K }>, target: Target) => string | undefined,
): Detector => ({
  cause,
  match: ({ identity }, target) =>
    identity?.kind === kind ? match(identity as Extract<IdentityFacts, { kind: K }>, target) : undefined, // the kind was just compared
})

function describeClientCertificate({ clientCertificate, clientCertificateMissing }: Target): string {
  if (clientCertificate !== undefined) return 'one was given'
  return clientCertificateMissing ? 'the one that the endpoint names is not stored' : 'the endpoint names none'
}

const enhanceYourCalm = 11
const http1Required = 13
/** RFC 9113 §7, by code. */
const http2Errors: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
]

function describeHttp2Error({ by, code, debug }: Http2Error): string {
  const name = http2Errors[code] ?? 'an unknown error'
  const subject = by === 'GOAWAY' ? 'the connection' : 'the request'
  const reason = debug === '' ? '' : `: "${debug.replace(/[^ -~]/g, '?')}"`
  return `HTTP/2 was negotiated, and the server ends ${subject} with ${by} ${name} (${code})${reason}`
}

/** Failures that prevent a response in any protocol. */
const noResponseDetectors: readonly Detector[] = [
  whenIdentity('alert', 'tls.client-cert', ({ code }, target) => {
    if (!refusesCertificate(code) && !/HANDSHAKE_FAILURE/.test(code)) return undefined
    // A gRPC server with mutual TLS identifies itself to a client without a certificate by this alert only.
    if (target.protocol === 'grpc' && target.clientCertificate === undefined && !target.clientCertificateMissing)
      return undefined
    return `the server requires a client certificate (${code}); ${describeClientCertificate(target)}`
  }),
  whenIdentity('alert', 'tls.failed', ({ code }, target) =>
    target.protocol === 'grpc' && refusesCertificate(code) ? undefined : `the server ended TLS: ${code}`,
  ),
  whenIdentity('http2-error', 'identity.http1-required', ({ error }) =>
    error.code === http1Required ? describeHttp2Error(error) : undefined,
  ),
  whenIdentity('http2-error', 'identity.too-many-pings', ({ error }) =>
    // gRPC servers name the reason; some servers give none.
    error.code === enhanceYourCalm && error.by === 'GOAWAY' && /^$|too_many_pings/i.test(error.debug)
      ? describeHttp2Error(error)
      : undefined,
  ),
  whenIdentity('http2-error', 'identity.throttled', ({ error }) =>
    error.code === enhanceYourCalm ? describeHttp2Error(error) : undefined,
  ),
  whenIdentity('http2-error', 'identity.http2-ended', ({ error }) => describeHttp2Error(error)),
  whenIdentity('no-http2', 'identity.http2', ({ alpn, detail }) => `${detail}; ALPN ${alpn || 'none'}`),
  whenIdentity('no-response', 'tcp.reset', ({ reason, overTls }) =>
    reason.kind === 'error' && !overTls ? `the connection is reset at the first data (${reason.code})` : undefined,
  ),
  whenIdentity('no-response', 'identity.silent', ({ reason }) => {
    if (reason.kind === 'timeout') return 'the server sent nothing'
    return reason.kind === 'closed'
      ? 'the server closed the connection without sending anything'
      : `the connection failed before a response (${reason.code})`
  }),
  whenIdentity(
    'bytes',
    'identity.protocol',
    ({ firstBytes, looksLike }) => `it looks like ${looksLike || 'no known protocol'}: ${firstBytes}`,
  ),
]

const responseOf = (identity: IdentityFacts | undefined): HttpResponse | undefined =>
  identity?.kind === 'http' || identity?.kind === 'websocket' ? identity.response : undefined

/** The endpoint requires an application protocol (ALPN), and another was negotiated. */
const alpnDetector: Detector = {
  cause: 'identity.http2',
  match: ({ tls }, { alpn }) =>
    tls?.kind === 'established' && alpn?.[0] === 'h2' && !alpn.includes('http/1.1') && tls.alpn !== 'h2'
      ? `h2 was not negotiated; ALPN ${tls.alpn || 'none'}`
      : undefined,
}

/** Signatures of the chain lead to a public root, and none issues certificates to a device on the path: the server itself answers. */
const isServerItself = ({ tls, proxy }: Facts): boolean =>
  tls?.kind === 'established' &&
  tls.trusted.byTarget &&
  tls.trusted.byBundled &&
  tls.nameError === '' &&
  proxy?.kind !== 'forwards'

/** The refusal of this vantage by the service; undefined: none, or one that the endpoint expects. */
function serviceRefusal(facts: Facts, target: Target): Refusal | undefined {
  if (facts.identity?.kind === 'grpc') return refusalOfCall(facts.identity.grpcStatus, facts.identity.detail)
  const response = responseOf(facts.identity)
  if (response === undefined || expectation(response, target).state === 'met') return undefined
  // What a web filter writes about itself is not the service's.
  if (wrongPage(response)?.product !== undefined && !isServerItself(facts)) return undefined
  const next = facts.identity?.kind === 'http' ? facts.identity.next?.response : undefined
  const refusal = refusalOf(response) ?? (next === undefined ? undefined : refusalOf(next))
  // Of a host that serves files only the name is known: the protection before it may refuse the page and allow the files.
  const isMinor = refusal?.cause === 'identity.protected' || refusal?.cause === 'auth.client-cert'
  if (target.anyResponse === true && isMinor) return undefined
  return refusal?.isOfPath === true && hasGuessedPath(target) ? undefined : refusal
}

/** The endpoint has no path, and its protocol none of its own: a gateway may know other paths of the host. */
const hasGuessedPath = ({ protocol, path }: Target): boolean =>
  (protocol === 'https' || protocol === 'wss') && (path === undefined || path === '/')

const refuses = (cause: Refusal['cause']): Detector => ({
  cause,
  match(facts, target) {
    const refusal = serviceRefusal(facts, target)
    return refusal?.cause === cause ? refusal.message : undefined
  },
})

/** Refusals that no credential of the component changes: before them, a 401 or 403 would pass as "credentials are required". */
const refusalDetectors: readonly Detector[] = [
  {
    cause: 'auth.rejected',
    match(facts, target) {
      const refusal = serviceRefusal(facts, target)
      const isGiven = facts.tls?.kind === 'established' && facts.tls.clientCertificateGiven
      return refusal?.cause === 'auth.client-cert' && isGiven
        ? `a client certificate was given, and ${refusal.message}`
        : undefined
    },
  },
  {
    cause: 'auth.client-cert',
    match(facts, target) {
      const refusal = serviceRefusal(facts, target)
      if (refusal?.cause !== 'auth.client-cert') return undefined
      // A WebSocket server of mutual TLS identifies itself to a client without a certificate by its 401.
      const isHandshake = facts.identity?.kind === 'websocket' && facts.identity.response.status === 401
      return isHandshake ? undefined : `${refusal.message}; ${describeClientCertificate(target)}`
    },
  },
  refuses('identity.no-route'),
  refuses('identity.unavailable'),
  refuses('identity.geo-block'),
  refuses('identity.source-denied'),
  refuses('identity.protected'),
]

/** Faults that occur although the expected service responds. */
const serviceDetectors: readonly Detector[] = [
  {
    cause: 'auth.rejected',
    match: ({ tls, identity, auth }) => {
      if (auth !== undefined) return auth.kind === 'rejected' ? auth.message : undefined
      const response = responseOf(identity)
      const given = tls?.kind === 'established' && tls.clientCertificateGiven
      return given && (response?.status === 401 || response?.status === 403)
        ? `a client certificate was given, and the response is ${response.status}`
        : undefined
    },
  },
  {
    cause: 'auth.clear-text',
    match(facts, target) {
      const place = clearTextSignIn(facts, target)
      return place === undefined ? undefined : `credentials are to be sent to ${place} without TLS`
    },
  },
  {
    cause: 'identity.goaway',
    match: ({ identity }, { runtime }) => {
      if (runtime !== 'java' || identity?.kind !== 'http' || identity.ended === undefined) return undefined
      const { by, code } = identity.ended
      return `the server ends ${by === 'GOAWAY' ? 'the connection' : 'the request'} with ${by} ${http2Errors[code] ?? code}, then answers ${identity.response.status}: HttpClient of Java fails at ${by}`
    },
  },
  {
    cause: 'identity.websocket',
    match: ({ hold, identity }) =>
      hold?.kind === 'ended-early' && identity?.kind === 'websocket' && identity.accepted
        ? `101 with the right accept key, then after ${seconds(hold.afterMs)} the connection is ${hold.how} without a close frame`
        : undefined,
  },
  { cause: 'idle.cut', match: ({ hold }) => (hold === undefined ? undefined : describeDrop(hold)) },
  {
    cause: 'mtu.black-hole',
    match: ({ answersLarge }) =>
      answersLarge === false ? 'a request of 4,000 bytes is not answered, and a small one is' : undefined,
  },
  { cause: 'clock.skew', match: ({ identity }) => describeClockOffset(identity, clockSkewMs) },
  { cause: 'clock.drift', match: ({ identity }) => describeClockOffset(identity, clockDriftMs) },
]

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`

/** How an idle connection was dropped on the path; undefined when it was not. */
function describeDrop(hold: HoldFacts): string | undefined {
  if (hold.kind === 'dropped') {
    const ending = hold.how === 'reset' ? 'reset' : 'closed without the server’s own shutdown'
    return `the connection was idle for ${seconds(hold.afterMs)}, then ${ending}`
  }
  if (hold.kind !== 'unresponsive') return undefined
  const ending = hold.how === 'reset' ? 'was reset at the next data' : 'no longer answered, without a notification'
  return `after ${seconds(hold.heldMs)} idle the connection ${ending}`
}

/** Results of holding a connection that are no fault. */
function describeHold({ hold, answersLarge }: Facts): string {
  const large = answersLarge === true ? 'a request of 4,000 bytes is answered too' : ''
  return [hold === undefined ? '' : describeIdle(hold), large].filter((text) => text !== '').join('\n')
}

function describeIdle(hold: HoldFacts): string {
  if (hold.kind === 'alive') return `idle for ${seconds(hold.heldMs)}: ${hold.message}`
  if (hold.kind === 'closed-by-server') return `idle for ${seconds(hold.afterMs)}; ${hold.message}`
  if (hold.kind === 'ended-early')
    return `the idle connection proves nothing: it was ${hold.how} after ${seconds(hold.afterMs)}, too soon for a timeout`
  return hold.kind === 'unknown' ? `the idle connection proves nothing: ${hold.message}` : ''
}

function describeClockOffset(identity: IdentityFacts | undefined, limitMs: number): string | undefined {
  const response = responseOf(identity)
  const offset = response === undefined ? undefined : clockOffsetMs(response)
  return offset !== undefined && Math.abs(offset) >= limitMs
    ? `the server’s clock is ${Math.round(offset / 1_000)} s ${offset > 0 ? 'ahead of' : 'behind'} ours`
    : undefined
}

export function judgeIdentity(facts: Facts, target: Target): Judgement {
  const { identity } = facts
  if (identity === undefined) return skipped('not tried')
  const details = lines(discoveredWords(facts.discovered), describeHold(facts), describe(identity))
  const noResponse = detect([alpnDetector, ...noResponseDetectors], facts, target)
  if (noResponse !== undefined) return { ...(misleadingDns(facts, 'identity') ?? noResponse), details }
  const refusal = proxyRefusal(facts, target)
  if (refusal !== undefined) return { ...refusal, details }
  const ownRefusal = detect(refusalDetectors, facts, target)
  if (ownRefusal !== undefined) return { ...(misleadingDns(facts, 'identity') ?? ownRefusal), details }
  const recognition = ownPage(recognise(identity, target), facts)
  const { message } = recognition
  if (recognition.kind === 'fault')
    return { ...(misleadingDns(facts, 'identity') ?? withCause(recognition.cause, message)), details }
  const problem = detect(serviceDetectors, facts, target)
  if (problem !== undefined) return { ...problem, details: lines(message, details) }
  // With a credential that was accepted, no credentials are required any more.
  const cause = recognition.cause === 'auth.required' && facts.auth?.kind === 'accepted' ? '' : recognition.cause
  return { ...(cause === '' ? passed(message) : withCause(cause, message)), details }
}

/** A page over a connection that nobody ends on the path is the service's own, so no web filter sent it. */
function ownPage(recognition: Recognition, facts: Facts): Recognition {
  const response = responseOf(facts.identity)
  if (recognition.kind !== 'fault' || recognition.cause !== 'identity.block-page') return recognition
  if (response === undefined || !isServerItself(facts)) return recognition
  const { message } = recognition
  return response.status >= 400
    ? fault('identity.protected', `the server itself refuses: ${message}`)
    : fault('identity.protocol', `the server itself sends another page: ${message}`)
}

function recognise(identity: IdentityFacts, target: Target): Recognition {
  if (identity.kind === 'alert')
    return credentialsRequired(`a gRPC server over h2 that requires a client certificate (${identity.code})`)
  const recognition = protocolClients[target.protocol].recognise(identity, target)
  if (recognition.kind === 'fault' || identity.kind !== 'http') return recognition
  // The right protocol, and not the service that the endpoint describes.
  const expected = expectation(identity.response, target)
  return expected.state === 'unmet' ? fault('identity.protocol', expected.message) : recognition
}

const lines = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n')

const describedHeaders = [
  'server',
  'via',
  'content-type',
  'www-authenticate',
  'location',
  'x-cache',
  'x-squid-error',
  'docker-distribution-api-version',
  'date',
  'age',
]

function describe(identity: IdentityFacts): string {
  const response = responseOf(identity)
  if (response === undefined || !('request' in identity)) return ''
  const redirects =
    identity.kind === 'http' && identity.redirectedFrom.length > 0
      ? `after redirects from ${identity.redirectedFrom.join(', ')}`
      : ''
  const headers = describedHeaders
    .filter((name) => response.headers[name] !== undefined)
    .map((name) => `${name}: ${response.headers[name]}`)
  const body = response.body === '' ? '' : `body: ${describeBody(response)}`
  return lines(`${identity.request}: ${response.status} ${response.reason}`.trim(), redirects, ...headers, body)
}
