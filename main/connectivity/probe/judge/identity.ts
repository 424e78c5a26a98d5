import { discoveredWords } from '../discovered-hosts.ts'
import type { Facts, HttpResponse, IdentityFacts } from '../facts.ts'
import { bodyEvidenceBytes, clockDriftMs, clockSkewMs } from '../limits.ts'
import { expectation } from '../protocols/http.ts'
import { credentialsRequired, fault, type Recognition } from '../protocols/protocol.ts'
import { protocolClients } from '../protocols/protocols.ts'
import type { Target } from '../target.ts'
import { clockOffsetMs } from './clock.ts'
import { type Detector, detect, type Judgement, passed, skipped, withCause } from './detector.ts'
import { misleadingDns } from './dns.ts'
import { proxyRefusal } from './proxy.ts'
import { refusesCertificate } from './tls.ts'

const saw = <K extends IdentityFacts['kind']>(
  kind: K,
  cause: Detector['cause'],
  sees: (identity: Extract<IdentityFacts, { kind: K }>, target: Target) => string | undefined,
): Detector => ({
  cause,
  match: ({ identity }, target) =>
    identity?.kind === kind ? sees(identity as Extract<IdentityFacts, { kind: K }>, target) : undefined, // the kind was just compared
})

/** What may come in place of any protocol's answer. */
const noResponseDetectors: readonly Detector[] = [
  saw('alert', 'tls.client-cert', ({ code }, target) => {
    if (!refusesCertificate(code) && !/HANDSHAKE_FAILURE/.test(code)) return undefined
    // A gRPC server with mutual TLS can prove itself in no other way to someone without a certificate.
    if (target.protocol === 'grpc' && target.clientCertificate === undefined && !target.clientCertificateMissing)
      return undefined
    const given =
      target.clientCertificate !== undefined
        ? 'one was given'
        : target.clientCertificateMissing
          ? 'the one that the row names is not stored'
          : 'the row names none'
    return `the far end wants a client certificate (${code}); ${given}`
  }),
  saw('alert', 'tls.failed', ({ code }, target) =>
    target.protocol === 'grpc' && refusesCertificate(code) ? undefined : `the far end ended TLS: ${code}`,
  ),
  saw('no-http2', 'identity.http2', ({ alpn, detail }) => `${detail}; ALPN ${alpn || 'none'}`),
  saw('no-response', 'tcp.reset', ({ reason, overTls }) =>
    reason.kind === 'error' && !overTls ? `the connection is reset on the first word (${reason.code})` : undefined,
  ),
  saw('no-response', 'identity.silent', ({ reason }) =>
    reason.kind === 'timeout'
      ? 'nothing came'
      : reason.kind === 'closed'
        ? 'it hangs up without a word'
        : `it cuts the connection (${reason.code})`,
  ),
  saw(
    'bytes',
    'identity.protocol',
    ({ firstBytes, looksLike }) => `it looks like ${looksLike || 'nothing known'}: ${firstBytes}`,
  ),
]

const answerOf = (identity: IdentityFacts | undefined): HttpResponse | undefined =>
  identity?.kind === 'http' || identity?.kind === 'websocket' ? identity.response : undefined

/** The row asks for a protocol of ALPN, and another was agreed. */
const alpnDetector: Detector = {
  cause: 'identity.http2',
  match: ({ tls }, { alpn }) =>
    tls?.kind === 'established' && alpn?.[0] === 'h2' && !alpn.includes('http/1.1') && tls.alpn !== 'h2'
      ? `h2 was not agreed; ALPN ${tls.alpn || 'none'}`
      : undefined,
}

/** What is wrong although the right speaker is there. */
const serviceDetectors: readonly Detector[] = [
  {
    cause: 'auth.rejected',
    match: ({ tls, identity, auth }) => {
      if (auth !== undefined) return auth.kind === 'rejected' ? auth.message : undefined
      const response = answerOf(identity)
      const given = tls?.kind === 'established' && tls.clientCertificateGiven
      return given && (response?.status === 401 || response?.status === 403)
        ? `a client certificate was given, and the answer is ${response.status}`
        : undefined
    },
  },
  {
    cause: 'idle.cut',
    match: ({ hold }) => {
      if (hold?.kind === 'dropped')
        return `nothing was said for ${seconds(hold.afterMs)}, then the connection was ${hold.how === 'reset' ? 'reset' : 'closed without a goodbye of the far end'}`
      if (hold?.kind !== 'unresponsive') return undefined
      const found =
        hold.how === 'reset' ? 'was reset at the next word' : 'was dead at the next word, and nobody had said so'
      return `after ${seconds(hold.heldMs)} of silence the connection ${found}`
    },
  },
  {
    cause: 'mtu.black-hole',
    match: ({ answersLarge }) =>
      answersLarge === false ? 'a request of 4,000 bytes is not answered, and a small one is' : undefined,
  },
  { cause: 'clock.skew', match: ({ identity }) => describeClockOffset(identity, clockSkewMs) },
  { cause: 'clock.drift', match: ({ identity }) => describeClockOffset(identity, clockDriftMs) },
]

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`

/** What holding a connection showed that is no fault. */
function describeHold({ hold, answersLarge }: Facts): string {
  const large = answersLarge === true ? 'a request of 4,000 bytes is answered too' : ''
  const held =
    hold?.kind === 'alive'
      ? `held for ${seconds(hold.heldMs)} without a word: ${hold.message}`
      : hold?.kind === 'closed-by-server'
        ? `held without a word for ${seconds(hold.afterMs)}; ${hold.message}`
        : hold?.kind === 'unknown'
          ? `held without a word, which shows nothing: ${hold.message}`
          : ''
  return [held, large].filter((text) => text !== '').join('\n')
}

function describeClockOffset(identity: IdentityFacts | undefined, limitMs: number): string | undefined {
  const response = answerOf(identity)
  const offset = response === undefined ? undefined : clockOffsetMs(response)
  return offset !== undefined && Math.abs(offset) >= limitMs
    ? `the far end’s clock is ${Math.round(offset / 1_000)} s ${offset > 0 ? 'ahead of' : 'behind'} ours`
    : undefined
}

export function judgeIdentity(facts: Facts, target: Target): Judgement {
  const { identity } = facts
  if (identity === undefined) return skipped('not tried')
  const seen = [discoveredWords(facts.discovered), describeHold(facts), describe(identity)]
    .filter((text) => text !== '')
    .join('\n')
  const noResponse = detect([alpnDetector, ...noResponseDetectors], facts, target)
  if (noResponse !== undefined) return withDetails(misleadingDns(facts, 'identity') ?? noResponse, seen)
  const refused = proxyRefusal(facts, target)
  if (refused !== undefined) return withDetails(refused, seen)
  const recognition = recognise(identity, target)
  if (recognition.kind === 'fault')
    return withDetails(misleadingDns(facts, 'identity') ?? withCause(recognition.cause, recognition.message), seen)
  const wrong = detect(serviceDetectors, facts, target)
  if (wrong !== undefined) return withDetails(wrong, `${recognition.message}\n${seen}`)
  // Whoever was let in is not asked for anything any more.
  const cause = recognition.cause === 'auth.required' && facts.auth?.kind === 'accepted' ? '' : recognition.cause
  return withDetails(cause === '' ? passed(recognition.message) : withCause(cause, recognition.message), seen)
}

function recognise(identity: IdentityFacts, target: Target): Recognition {
  if (identity.kind === 'alert')
    return credentialsRequired(`a gRPC server over h2 that wants a client certificate (${identity.code})`)
  const recognition = protocolClients[target.protocol].recognise(identity, target)
  if (recognition.kind === 'fault' || identity.kind !== 'http') return recognition
  // The right protocol, and not the one that the row describes.
  const expected = expectation(identity.response, target)
  return expected.state === 'unmet' ? fault('identity.protocol', expected.message) : recognition
}

const withDetails = (judgement: Judgement, seen: string): Judgement => ({
  ...judgement,
  message: [judgement.message, seen].filter((part) => part !== '').join('\n'),
})

const shownHeaders = [
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
  const response = answerOf(identity)
  if (response === undefined || !('request' in identity)) return ''
  const redirects =
    identity.kind === 'http' && identity.redirectedFrom.length > 0
      ? `after redirects from ${identity.redirectedFrom.join(', ')}`
      : ''
  const headers = shownHeaders
    .filter((name) => response.headers[name] !== undefined)
    .map((name) => `${name}: ${response.headers[name]}`)
  const body = response.body.slice(0, bodyEvidenceBytes).replace(/\s+/g, ' ').trim()
  return [`${identity.request}: ${response.status} ${response.reason}`.trim(), redirects, ...headers, body]
    .filter((line) => line !== '')
    .join('\n')
}
