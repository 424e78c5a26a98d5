import type { ConnectionFacts } from '../../../preload/contract/connectivity.ts'
import { discoveredHosts } from './discovered-hosts.ts'
import type { Facts } from './facts.ts'
import { clockOffsetMs } from './judge/clock.ts'
import { addressesIn } from './judge/dns.ts'
import type { Target } from './target.ts'

/** The facts of an endpoint for which nothing was sent. */
export const noConnectionFacts: ConnectionFacts = {
  addresses: [],
  resolver: '',
  source: '',
  destination: '',
  proxy: '',
  issuer: '',
  keySha256: '',
  clockOffsetMs: null,
  discoveredHosts: [],
}

/** A DNS answer can contain any number of addresses. */
const addressLimit = 64

/** The facts of a result, from the facts of its stages. Pure. */
export function connectionFactsOf(
  { dns, tcp, tls, proxyName, direct, identity }: Facts,
  target: Target,
): ConnectionFacts {
  // With a proxy, the DNS answer is about the proxy; the destination's own answer is in `direct`, if this machine has one.
  const destinationDns = proxyName === undefined ? dns : direct?.dns
  const response = identity?.kind === 'http' || identity?.kind === 'websocket' ? identity.response : undefined
  const chain = tls?.kind === 'established' ? tls.chain : []
  return {
    addresses: addressesIn(destinationDns).slice(0, addressLimit),
    resolver: destinationDns?.kind === 'queried' ? destinationDns.resolver : '',
    source: tcp?.connected?.localAddress ?? '',
    destination: tcp?.connected?.address ?? tcp?.attempts.at(-1)?.address ?? '',
    proxy: proxyName ?? '',
    issuer: chain.at(-1)?.issuer ?? '',
    keySha256: chain[0]?.keySha256 ?? '',
    clockOffsetMs: response === undefined ? null : (clockOffsetMs(response) ?? null),
    discoveredHosts: [...discoveredHosts({ identity }, target)],
  }
}
