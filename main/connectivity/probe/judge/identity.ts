import { discoveredWords } from '../discovered.ts'
import type { Facts, HttpFacts, IdentityFacts } from '../facts.ts'
import { bodyEvidenceBytes, clockDriftMs, clockSkewMs } from '../limits.ts'
import { expectation } from '../protocols/http.ts'
import { asksForCredentials, fault, type Recognition } from '../protocols/protocol.ts'
import { speakers } from '../protocols/protocols.ts'
import type { Target } from '../target.ts'
import { clockOffsetMs } from './clock.ts'
import { because, type Detector, detect, type Judgement, notDone, plainPass } from './detector.ts'
import { misledByDns } from './dns.ts'
import { saidByProxy } from './proxy.ts'
import { refusesCertificate } from './tls.ts'

const saw = <K extends IdentityFacts['kind']>(
  kind: K,
  cause: Detector['cause'],
  sees: (identity: Extract<IdentityFacts, { kind: K }>, target: Target) => string | undefined,
): Detector => ({
  cause,
  sees: ({ identity }, target) =>
    identity?.kind === kind ? sees(identity as Extract<IdentityFacts, { kind: K }>, target) : undefined, // the kind was just compared
})

/** What may come in place of any protocol's answer. */
const silenceDetectors: readonly Detector[] = [
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
  saw('no-answer', 'tcp.reset', ({ silence, overTls }) =>
    silence.kind === 'cut' && !overTls ? `the connection is reset on the first word (${silence.code})` : undefined,
  ),
  saw('no-answer', 'identity.silent', ({ silence }) =>
    silence.kind === 'silent'
      ? 'nothing came'
      : silence.kind === 'closed'
        ? 'it hangs up without a word'
        : `it cuts the connection (${silence.code})`,
  ),
  saw(
    'bytes',
    'identity.protocol',
    ({ firstBytes, looksLike }) => `it looks like ${looksLike || 'nothing known'}: ${firstBytes}`,
  ),
]

const answerOf = (identity: IdentityFacts | undefined): HttpFacts | undefined =>
  identity?.kind === 'http' || identity?.kind === 'websocket' ? identity.answer : undefined

/** The row asks for a protocol of ALPN, and another was agreed. */
const alpnDetector: Detector = {
  cause: 'identity.http2',
  sees: ({ tls }, { alpn }) =>
    tls?.kind === 'established' && alpn?.[0] === 'h2' && !alpn.includes('http/1.1') && tls.alpn !== 'h2'
      ? `h2 was not agreed; ALPN ${tls.alpn || 'none'}`
      : undefined,
}

/** What is wrong although the right speaker is there. */
const speakerDetectors: readonly Detector[] = [
  {
    cause: 'auth.rejected',
    sees: ({ tls, identity, auth }) => {
      if (auth !== undefined) return auth.kind === 'rejected' ? auth.says : undefined
      const answer = answerOf(identity)
      const given = tls?.kind === 'established' && tls.clientCertificateGiven
      return given && (answer?.status === 401 || answer?.status === 403)
        ? `a client certificate was given, and the answer is ${answer.status}`
        : undefined
    },
  },
  {
    cause: 'idle.cut',
    sees: ({ hold }) => {
      if (hold?.kind === 'cut')
        return `nothing was said for ${seconds(hold.afterMs)}, then the connection was ${hold.how === 'reset' ? 'reset' : 'closed without a goodbye of the far end'}`
      if (hold?.kind !== 'dead') return undefined
      const found =
        hold.how === 'reset' ? 'was reset at the next word' : 'was dead at the next word, and nobody had said so'
      return `after ${seconds(hold.heldMs)} of silence the connection ${found}`
    },
  },
  {
    cause: 'mtu.black-hole',
    sees: ({ answersLarge }) =>
      answersLarge === false ? 'a request of 4,000 bytes is not answered, and a small one is' : undefined,
  },
  { cause: 'clock.skew', sees: ({ identity }) => clockWords(identity, clockSkewMs) },
  { cause: 'clock.drift', sees: ({ identity }) => clockWords(identity, clockDriftMs) },
]

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`

/** What holding a connection showed that is no fault. */
function heldWords({ hold, answersLarge }: Facts): string {
  const large = answersLarge === true ? 'a request of 4,000 bytes is answered too' : ''
  const held =
    hold?.kind === 'kept'
      ? `held for ${seconds(hold.heldMs)} without a word: ${hold.says}`
      : hold?.kind === 'left'
        ? `held without a word for ${seconds(hold.afterMs)}; ${hold.says}`
        : hold?.kind === 'unknown'
          ? `held without a word, which shows nothing: ${hold.says}`
          : ''
  return [held, large].filter((text) => text !== '').join('\n')
}

function clockWords(identity: IdentityFacts | undefined, limitMs: number): string | undefined {
  const answer = answerOf(identity)
  const offset = answer === undefined ? undefined : clockOffsetMs(answer)
  return offset !== undefined && Math.abs(offset) >= limitMs
    ? `the far end’s clock is ${Math.round(offset / 1_000)} s ${offset > 0 ? 'ahead of' : 'behind'} ours`
    : undefined
}

export function judgeIdentity(facts: Facts, target: Target): Judgement {
  const { identity } = facts
  if (identity === undefined) return notDone('not tried')
  const seen = [discoveredWords(facts.discovered), heldWords(facts), describe(identity)]
    .filter((text) => text !== '')
    .join('\n')
  const silence = detect([alpnDetector, ...silenceDetectors], facts, target)
  if (silence !== undefined) return withSeen(misledByDns(facts, 'identity') ?? silence, seen)
  const refused = saidByProxy(facts, target)
  if (refused !== undefined) return withSeen(refused, seen)
  const recognition = recognise(identity, target)
  if (recognition.kind === 'fault')
    return withSeen(misledByDns(facts, 'identity') ?? because(recognition.cause, recognition.says), seen)
  const wrong = detect(speakerDetectors, facts, target)
  if (wrong !== undefined) return withSeen(wrong, `${recognition.says}\n${seen}`)
  // Whoever was let in is not asked for anything any more.
  const cause = recognition.cause === 'auth.required' && facts.auth?.kind === 'accepted' ? '' : recognition.cause
  return withSeen(cause === '' ? plainPass(recognition.says) : because(cause, recognition.says), seen)
}

function recognise(identity: IdentityFacts, target: Target): Recognition {
  if (identity.kind === 'alert')
    return asksForCredentials(`a gRPC server over h2 that wants a client certificate (${identity.code})`)
  const recognition = speakers[target.protocol].recognise(identity, target)
  if (recognition.kind === 'fault' || identity.kind !== 'http') return recognition
  // The right protocol, and not the one that the row describes.
  const expected = expectation(identity.answer, target)
  return expected.state === 'unmet' ? fault('identity.protocol', expected.says) : recognition
}

const withSeen = (judgement: Judgement, seen: string): Judgement => ({
  ...judgement,
  says: [judgement.says, seen].filter((part) => part !== '').join('\n'),
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
  const answer = answerOf(identity)
  if (answer === undefined || !('request' in identity)) return ''
  const redirects =
    identity.kind === 'http' && identity.redirectedFrom.length > 0
      ? `after redirects from ${identity.redirectedFrom.join(', ')}`
      : ''
  const headers = shownHeaders
    .filter((name) => answer.headers[name] !== undefined)
    .map((name) => `${name}: ${answer.headers[name]}`)
  const body = answer.body.slice(0, bodyEvidenceBytes).replace(/\s+/g, ' ').trim()
  return [`${identity.request}: ${answer.status} ${answer.reason}`.trim(), redirects, ...headers, body]
    .filter((line) => line !== '')
    .join('\n')
}
