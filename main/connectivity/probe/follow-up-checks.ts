import { type Connector, socksDenied } from './connector.ts'
import type { ProxyFacts, TlsFacts } from './facts.ts'
import { signsOfInterception } from './judge/tls.ts'
import { confirmLimitMs } from './limits.ts'
import { hostHeader } from './protocols/http.ts'
import type { ProxyChoice } from './proxy/proxy-choice.ts'
import { proxyTlsProblem } from './proxy/route.ts'
import type { Target } from './target.ts'
import { answersOtherName, answersSmallHello, dropsSilentConnection } from './tls/confirm.ts'
import { type Roots, splitPem } from './tls/roots.ts'
import { BufferedConnection } from './transport/buffered-connection.ts'
import { requestHttp1 } from './transport/http1.ts'
import { TimedOut, withTimeout } from './transport/time-limit.ts'

type Failed = Extract<TlsFacts, { kind: 'failed' }>

/** After a failed handshake: the checks that distinguish its possible causes, all at once. */
export async function checkFailedTls(
  { outcome, receivedBytes }: Failed,
  target: Target,
  connector: Connector,
  roots: Roots,
  signal: AbortSignal,
): Promise<Pick<Failed, 'dropsSilentConnection' | 'answersOtherName' | 'answersSmallHello' | 'unverifiedResponse'>> {
  const reconnect = (limit: AbortSignal): ReturnType<Connector['reconnect']> => connector.reconnect(limit)
  const isCut = outcome === 'reset' || outcome === 'closed'
  const mayBePlainHttp = outcome === 'not-tls' || (outcome === 'stalled' && receivedBytes === 0)
  const [dropsSilent, otherName, smallHello, unverifiedResponse] = await Promise.all([
    isCut ? dropsSilentConnection((limit) => connector.tryReconnect(limit), signal) : undefined,
    isCut ? answersOtherName(reconnect, target, roots, signal) : undefined,
    outcome === 'stalled' ? answersSmallHello(reconnect, target.serverName, signal) : undefined,
    mayBePlainHttp ? connector.getUnverified(() => connector.reconnect(signal), signal) : undefined,
  ])
  return {
    dropsSilentConnection: dropsSilent,
    answersOtherName: otherName,
    answersSmallHello: smallHello,
    unverifiedResponse,
  }
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
    const connection = new BufferedConnection(stream)
    const path = `${connector.absoluteForm?.prefix ?? ''}${target.path ?? '/'}`
    const headers = { ...connector.absoluteForm?.headers, 'X-Padding': 'x'.repeat(largeBytes) }
    const request = { method: 'GET', path, host: hostHeader(target), headers }
    const outcome = await requestHttp1(connection, request, confirmLimitMs, limit)
    connection.close()
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
