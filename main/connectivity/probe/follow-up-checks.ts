import { type Connector, socksDenied } from './connector.ts'
import type { HttpResponse, ProxyFacts, TlsFacts } from './facts.ts'
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

/** After a handshake that failed: the looks that tell its possible causes apart, all at once. */
export async function checkFailedTls(
  { outcome, receivedBytes }: Failed,
  target: Target,
  connector: Connector,
  roots: Roots,
  signal: AbortSignal,
): Promise<Pick<Failed, 'dropsSilentConnection' | 'answersOtherName' | 'answersSmallHello' | 'unverifiedResponse'>> {
  const again = (limit: AbortSignal): ReturnType<Connector['reconnect']> => connector.reconnect(limit)
  const cut = outcome === 'reset' || outcome === 'closed'
  const mute = outcome === 'not-tls' || (outcome === 'stalled' && receivedBytes === 0)
  const none: Promise<undefined> = Promise.resolve(undefined)
  const looks: [
    Promise<boolean | undefined>,
    Promise<boolean | undefined>,
    Promise<boolean | undefined>,
    Promise<HttpResponse | undefined>,
  ] = [
    cut ? dropsSilentConnection((limit) => connector.tryReconnect(limit), signal) : none,
    cut ? answersOtherName(again, target, roots, signal) : none,
    outcome === 'stalled' ? answersSmallHello(again, target.serverName, signal) : none,
    mute ? connector.getUnverified(() => connector.reconnect(signal), signal) : none,
  ]
  const [silent, otherName, small, unverifiedResponse] = await Promise.all(looks)
  return { dropsSilentConnection: silent, answersOtherName: otherName, answersSmallHello: small, unverifiedResponse }
}

/** Whether it is worth asking for a certificate on demand: nothing public vouches, and nothing else told already. */
export function mayBeIntercepted(
  seen: Extract<TlsFacts, { kind: 'established' }>,
  { trust, inspection }: Pick<Target, 'trust' | 'inspection'>,
): boolean {
  // One root that the row gives is the far end's own; among several, or where nothing may re-sign, a box's may be.
  const pinned =
    seen.trusted.byTarget && trust.kind === 'pem' && inspection === 'with-ca' && splitPem(trust.pem).length === 1
  return !pinned && !seen.trusted.byBundled && signsOfInterception(seen) === undefined
}

/** More than any packet on the way holds, and less than servers allow for headers (8 KiB). */
const largeBytes = 4_000

/** Whether a request that takes several packets is answered; undefined when no connection came about. */
export async function answersLarge(
  target: Target,
  connector: Connector,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const seen = await withTimeout(2 * confirmLimitMs, signal, async (limit) => {
    const stream = await connector.reconnectSecured(limit)
    if (stream === undefined) return undefined
    const channel = new BufferedConnection(stream)
    const path = `${connector.absoluteForm?.prefix ?? ''}${target.path ?? '/'}`
    const request = { method: 'GET', path, host: hostHeader(target) }
    const headers = { ...connector.absoluteForm?.headers, 'X-Padding': 'x'.repeat(largeBytes) }
    const outcome = await requestHttp1(channel, { ...request, headers }, confirmLimitMs, limit)
    channel.close()
    // A refusal, or hanging up on it, is an answer too.
    return outcome.kind !== 'no-response' || outcome.reason.kind === 'closed'
  })
  return seen === TimedOut ? false : seen
}

/** Goes through the row's proxy and tells how that went; a refused port is asked about once more on 443. */
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
