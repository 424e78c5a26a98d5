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

/** Answers may hold any number of addresses; a firewall's log needs a few. */
const addressLimit = 64

/** The facts of a result, from what its stages saw. Pure. */
export function connectionFactsOf(
  { dns, tcp, tls, proxyName, direct, identity }: Facts,
  target: Target,
): ConnectionFacts {
  // Behind a proxy it is the destination's own name that matters, where this machine knows it.
  const asked = proxyName === undefined ? dns : direct?.dns
  const response = identity?.kind === 'http' || identity?.kind === 'websocket' ? identity.response : undefined
  const chain = tls?.kind === 'established' ? tls.chain : []
  return {
    addresses: addressesIn(asked).slice(0, addressLimit),
    resolver: asked?.kind === 'queried' ? asked.resolver : '',
    source: tcp?.connected?.localAddress ?? '',
    destination: tcp?.connected?.address ?? tcp?.attempts.at(-1)?.address ?? '',
    proxy: proxyName ?? '',
    issuer: chain.at(-1)?.issuer ?? '',
    keySha256: chain[0]?.keySha256 ?? '',
    clockOffsetMs: response === undefined ? null : (clockOffsetMs(response) ?? null),
    discoveredHosts: [...discoveredHosts({ identity }, target)],
  }
}
