import type { ConnectionFacts } from '../../../preload/contract/connectivity.ts'
import type { Facts } from './facts.ts'
import { addressesIn } from './judge/dns.ts'

/** Nothing was met. */
export const nothingSeen: ConnectionFacts = {
  addresses: [],
  resolver: '',
  source: '',
  destination: '',
  proxy: '',
  issuer: '',
  keySha256: '',
}

/** Answers may hold any number of addresses; a firewall's log needs a few. */
const addressLimit = 64

/** What the facts hold for whoever looks for the connection in a log. Pure. */
export function seenIn({ dns, tcp, tls, through, direct }: Facts): ConnectionFacts {
  // Behind a proxy it is the destination's own name that matters, where this machine knows it.
  const asked = through === undefined ? dns : direct?.dns
  const chain = tls?.kind === 'established' ? tls.chain : []
  return {
    addresses: addressesIn(asked).slice(0, addressLimit),
    resolver: asked?.kind === 'asked' ? asked.resolver : '',
    source: tcp?.connected?.localAddress ?? '',
    destination: tcp?.connected?.address ?? tcp?.attempts.at(-1)?.address ?? '',
    proxy: through ?? '',
    issuer: chain.at(-1)?.issuer ?? '',
    keySha256: chain[0]?.keySha256 ?? '',
  }
}
