import { type Connector, socksDenied } from './connector.ts'
import type { HttpFacts, ProxyFacts, TlsFacts } from './facts.ts'
import { signsOfInterception } from './judge/tls.ts'
import { confirmLimitMs } from './limits.ts'
import { hostHeader } from './protocols/http.ts'
import type { ProxyChoice } from './proxy/proxy-choice.ts'
import { flawOf } from './proxy/route.ts'
import type { Target } from './target.ts'
import { answersOtherName, answersSmall, cutsSilent } from './tls/confirm.ts'
import { type Roots, splitPem } from './tls/roots.ts'
import { Channel } from './transport/channel.ts'
import { askHttp } from './transport/http1.ts'
import { late, within } from './transport/time-limit.ts'

type Failed = Extract<TlsFacts, { kind: 'failed' }>

/** After a handshake that failed: the looks that tell its possible causes apart, all at once. */
export async function lookAtFailedTls(
  { outcome, receivedBytes }: Failed,
  target: Target,
  way: Connector,
  roots: Roots,
  signal: AbortSignal,
): Promise<Pick<Failed, 'cutsSilent' | 'answersOtherName' | 'answersSmall' | 'peek'>> {
  const again = (limit: AbortSignal): ReturnType<Connector['again']> => way.again(limit)
  const cut = outcome === 'reset' || outcome === 'closed'
  const mute = outcome === 'not-tls' || (outcome === 'stalled' && receivedBytes === 0)
  const none: Promise<undefined> = Promise.resolve(undefined)
  const looks: [
    Promise<boolean | undefined>,
    Promise<boolean | undefined>,
    Promise<boolean | undefined>,
    Promise<HttpFacts | undefined>,
  ] = [
    cut ? cutsSilent((limit) => way.open(limit), signal) : none,
    cut ? answersOtherName(again, target, roots, signal) : none,
    outcome === 'stalled' ? answersSmall(again, target.serverName, signal) : none,
    mute ? way.peek(() => way.again(signal), signal) : none,
  ]
  const [silent, otherName, small, peek] = await Promise.all(looks)
  return { cutsSilent: silent, answersOtherName: otherName, answersSmall: small, peek }
}

/** Whether it is worth asking for a certificate on demand: nothing public vouches, and nothing else told already. */
export function mayBeBox(
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
export async function answersLarge(target: Target, way: Connector, signal: AbortSignal): Promise<boolean | undefined> {
  const seen = await within(2 * confirmLimitMs, signal, async (limit) => {
    const stream = await way.securedAgain(limit)
    if (stream === undefined) return undefined
    const channel = new Channel(stream)
    const path = `${way.envelope?.prefix ?? ''}${target.path ?? '/'}`
    const request = { method: 'GET', path, host: hostHeader(target) }
    const headers = { ...way.envelope?.headers, 'X-Padding': 'x'.repeat(largeBytes) }
    const outcome = await askHttp(channel, { ...request, headers }, confirmLimitMs, limit)
    channel.close()
    // A refusal, or hanging up on it, is an answer too.
    return outcome.kind !== 'no-answer' || outcome.silence.kind === 'closed'
  })
  return seen === late ? false : seen
}

/** Goes through the row's proxy and tells how that went; a refused port is asked about once more on 443. */
export async function throughProxy(
  { name, login }: Extract<ProxyChoice, { kind: 'proxy' }>,
  way: Connector,
  port: number,
  signal: AbortSignal,
): Promise<ProxyFacts> {
  const tunnel = await way.tunnel(signal)
  const sentCredentials = login !== undefined
  switch (tunnel.kind) {
    case 'open':
      return way.forwards
        ? { kind: 'forwards', name, sentCredentials, tls: tunnel.proxyTls }
        : { kind: 'open', name, port, tls: tunnel.proxyTls }
    case 'answered': {
      const { answer } = tunnel
      const refused = [400, 403, 405, 501].includes(answer.status) && port !== 443
      return {
        kind: 'answered',
        name,
        port,
        answer,
        sentCredentials,
        port443: refused ? await way.allows443(signal) : 'unknown',
      }
    }
    case 'refused': {
      const refused = tunnel.reply === socksDenied && port !== 443
      return {
        kind: 'refused',
        name,
        port,
        reply: tunnel.reply,
        port443: refused ? await way.allows443(signal) : 'unknown',
      }
    }
    case 'refused-login':
      return { kind: 'refused-login', name, sentCredentials: tunnel.sentCredentials }
    case 'bad-tls':
      return { kind: 'bad-tls', name, flaw: flawOf(tunnel.tls), tls: tunnel.tls }
    default:
      return { kind: tunnel.kind === 'silent' ? 'silent' : 'unreachable', name, detail: tunnel.detail }
  }
}
