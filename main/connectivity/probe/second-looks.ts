import { Channel } from './channel.ts'
import type { HttpFacts, TlsFacts } from './facts.ts'
import { askHttp } from './http1.ts'
import { signsOfInterception } from './judge/tls.ts'
import { confirmLimitMs } from './limits.ts'
import { hostHeader } from './protocols/http.ts'
import type { Target } from './target.ts'
import { answersOtherName, answersSmall, cutsSilent } from './tls/confirm.ts'
import { type Roots, splitPem } from './tls/roots.ts'
import type { Way } from './way.ts'
import { late, within } from './within.ts'

type Failed = Extract<TlsFacts, { kind: 'failed' }>

/** After a handshake that failed: the looks that tell its possible causes apart, all at once. */
export async function lookAtFailedTls(
  { outcome, receivedBytes }: Failed,
  target: Target,
  way: Way,
  roots: Roots,
  signal: AbortSignal,
): Promise<Pick<Failed, 'cutsSilent' | 'answersOtherName' | 'answersSmall' | 'peek'>> {
  const again = (limit: AbortSignal): ReturnType<Way['again']> => way.again(limit)
  const cut = outcome === 'reset' || outcome === 'closed'
  const mute = outcome === 'not-tls' || (outcome === 'stalled' && receivedBytes === 0)
  const none: Promise<undefined> = Promise.resolve(undefined)
  const looks: [
    Promise<boolean | undefined>,
    Promise<boolean | undefined>,
    Promise<boolean | undefined>,
    Promise<HttpFacts | undefined>,
  ] = [
    cut ? cutsSilent(again, signal) : none,
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
export async function answersLarge(target: Target, way: Way, signal: AbortSignal): Promise<boolean | undefined> {
  const seen = await within(2 * confirmLimitMs, signal, async (limit) => {
    const stream = await way.securedAgain(limit)
    if (stream === undefined) return undefined
    const channel = new Channel(stream)
    const request = { method: 'GET', path: target.path ?? '/', host: hostHeader(target) }
    const headers = { 'X-Padding': 'x'.repeat(largeBytes) }
    const outcome = await askHttp(channel, { ...request, headers }, confirmLimitMs, limit)
    channel.close()
    // A refusal, or hanging up on it, is an answer too.
    return outcome.kind !== 'no-answer' || outcome.silence.kind === 'closed'
  })
  return seen === late ? false : seen
}
