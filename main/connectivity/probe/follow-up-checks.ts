import { type Connector, socksDenied } from './connector.ts'
import type { ProxyFacts, TlsFacts } from './facts.ts'
import { refusesOffer, signsOfInterception } from './judge/tls.ts'
import { confirmLimitMs } from './limits.ts'
import { hostHeader } from './protocols/http.ts'
import type { ProxyChoice } from './proxy/proxy-choice.ts'
import { proxyTlsProblem } from './proxy/route.ts'
import type { Target } from './target.ts'
import { sendsShorterHello } from './tls/client-hello.ts'
import {
  acceptedProtocols,
  answersHello,
  answersOtherName,
  dropsSilentConnection,
  type HelloShape,
  tryOtherOffers,
} from './tls/confirm.ts'
import { longHelloBytes } from './tls/hello.ts'
import { type Roots, splitPem } from './tls/roots.ts'
import { get } from './transport/get.ts'
import { TimedOut, withTimeout } from './transport/time-limit.ts'

type Failed = Extract<TlsFacts, { kind: 'failed' }>

type FollowUps = Pick<
  Failed,
  | 'dropsSilentConnection'
  | 'answersOtherName'
  | 'answersSmallHello'
  | 'answersLongHello'
  | 'answersSplitHello'
  | 'otherOffers'
  | 'unverifiedResponse'
>

/** Small enough for any network path. */
const smallPacketBytes = 250

/** After a failed handshake: the checks that distinguish its possible causes, all at once. */
export async function checkFailedTls(
  { outcome, receivedBytes, code }: Failed,
  target: Target,
  connector: Connector,
  roots: Roots,
  signal: AbortSignal,
): Promise<FollowUps> {
  const reconnect = (limit: AbortSignal): ReturnType<Connector['reconnect']> => connector.reconnect(limit)
  const hello = (shape: HelloShape): Promise<boolean | undefined> =>
    answersHello(reconnect, target.serverName, shape, signal)
  const isCut = outcome === 'reset' || outcome === 'closed'
  const isUnanswered = isCut || outcome === 'stalled'
  const mayBePlainHttp = outcome === 'not-tls' || (outcome === 'stalled' && receivedBytes === 0)
  const isAlpnAlert = /NO_APPLICATION_PROTOCOL/.test(code)
  const { alpn } = connector
  const [dropsSilent, otherName, small, long, offers, protocols, unverifiedResponse] = await Promise.all([
    isCut ? dropsSilentConnection((limit) => connector.tryReconnect(limit), signal) : undefined,
    isCut ? answersOtherName(reconnect, target, roots, signal) : undefined,
    isUnanswered ? hello({}) : undefined,
    isUnanswered ? hello({ lengthBytes: longHelloBytes }) : undefined,
    (isCut && receivedBytes === 0) || (outcome === 'error' && refusesOffer(code))
      ? tryOtherOffers(reconnect, target, alpn, roots, signal)
      : undefined,
    isAlpnAlert ? acceptedProtocols(reconnect, target, alpn, roots, signal) : [],
    mayBePlainHttp ? connector.getUnverified(() => connector.reconnect(signal), signal) : undefined,
  ])
  const mayBeTooLong = outcome === 'stalled' && small === true && long === false
  return {
    dropsSilentConnection: dropsSilent,
    answersOtherName: otherName,
    answersSmallHello: small,
    answersLongHello: long,
    answersSplitHello: mayBeTooLong
      ? await hello({ lengthBytes: longHelloBytes, packetBytes: smallPacketBytes })
      : undefined,
    otherOffers: offers ?? (isAlpnAlert ? { acceptedBy: [], chosen: '', alpn: protocols } : undefined),
    unverifiedResponse,
  }
}

/** Whether a ClientHello as long as the component's is answered; undefined where the handshake itself sends one, or nothing shows it. */
export async function componentHello(
  target: Target,
  connector: Connector,
  signal: AbortSignal,
): Promise<Extract<TlsFacts, { kind: 'established' }>['longHello']> {
  if (!sendsShorterHello(target.runtime)) return undefined
  const reconnect = (limit: AbortSignal): ReturnType<Connector['reconnect']> => connector.reconnect(limit)
  const hello = (shape: HelloShape): Promise<boolean | undefined> =>
    answersHello(reconnect, target.serverName, shape, signal)
  const [small, long] = await Promise.all([hello({}), hello({ lengthBytes: longHelloBytes })])
  if (long === true) return 'answered'
  // Some servers end the connection without an alert; then neither is answered.
  if (small !== true || long !== false) return undefined
  const split = await hello({ lengthBytes: longHelloBytes, packetBytes: smallPacketBytes })
  if (split === undefined) return undefined
  return split ? 'packets' : 'size'
}

/** Whether a device may have issued the certificate: no public root trusts it, and no other sign shows it already. */
export function mayBeIntercepted(
  tls: Extract<TlsFacts, { kind: 'established' }>,
  { trust, inspection }: Pick<Target, 'trust' | 'inspection'>,
): boolean {
  // A single root that the endpoint gives is the server's own. Among several, or where inspection is not allowed, one may be a device's.
  const isPinned =
    tls.trusted.byTarget && trust.kind === 'pem' && inspection === 'with-ca' && splitPem(trust.pem).length === 1
  return !isPinned && !tls.trusted.byBundled && signsOfInterception(tls) === undefined
}

/** More than one packet on any path, and less than servers allow for headers (8 KiB). */
const largeBytes = 4_000

/** Whether a request of several packets is answered; undefined when the connection failed. */
export async function answersLarge(
  target: Target,
  connector: Connector,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const answered = await withTimeout(2 * confirmLimitMs, signal, async (limit) => {
    const stream = await connector.reconnectSecured(limit)
    if (stream === undefined) return undefined
    const path = `${connector.absoluteForm?.prefix ?? ''}${target.path ?? '/'}`
    const headers = { ...connector.absoluteForm?.headers, 'X-Padding': 'x'.repeat(largeBytes) }
    const outcome = await get(stream, { path, host: hostHeader(target), headers }, confirmLimitMs, limit)
    // An error response, or closing the connection, is an answer too.
    return outcome.kind !== 'no-response' || outcome.reason.kind === 'closed'
  })
  return answered === TimedOut ? false : answered
}

/** Connects through the endpoint's proxy. A denied port is checked once more on 443. */
export async function probeProxy(
  { name, login }: Extract<ProxyChoice, { kind: 'proxy' }>,
  connector: Connector,
  port: number,
  signal: AbortSignal,
): Promise<ProxyFacts> {
  const tunnel = await connector.tunnel(signal)
  const sentCredentials = login !== undefined
  switch (tunnel.kind) {
    case 'open':
      return connector.forwards
        ? { kind: 'forwards', name, sentCredentials, tls: tunnel.proxyTls }
        : { kind: 'open', name, port, tls: tunnel.proxyTls }
    case 'responded': {
      const { response } = tunnel
      const refused = [400, 403, 405, 501].includes(response.status) && port !== 443
      return {
        kind: 'responded',
        name,
        port,
        response,
        sentCredentials,
        port443: refused ? await connector.allows443(signal) : 'unknown',
      }
    }
    case 'refused': {
      const refused = tunnel.reply === socksDenied && port !== 443
      return {
        kind: 'refused',
        name,
        port,
        reply: tunnel.reply,
        port443: refused ? await connector.allows443(signal) : 'unknown',
      }
    }
    case 'refused-login':
      return { kind: 'refused-login', name, sentCredentials: tunnel.sentCredentials }
    case 'bad-tls':
      return { kind: 'bad-tls', name, problem: proxyTlsProblem(tunnel.tls), tls: tunnel.tls }
    default:
      return { kind: tunnel.kind === 'timeout' ? 'timeout' : 'unreachable', name, detail: tunnel.detail }
  }
}
