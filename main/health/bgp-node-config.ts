import { listIn, textIn } from './fields.ts'
import { progressingUntil, verificationLimitMs } from './limits.ts'
import type { Rule } from './object.ts'

/** Without a session to a peer its routes are not announced: https://docs.cilium.io/en/stable/network/bgp-control-plane/bgp-control-plane-operation/ */
export const bgpNodeConfig: Rule = ({ metadata, status }, nowMs) => {
  const peers = listIn(status, 'bgpInstances').flatMap((instance) => listIn(instance, 'peers'))
  if (peers.length === 0) return undefined
  const down = peers.find((peer) => textIn(peer, 'peeringState') !== 'established')
  if (down === undefined) return { health: 'healthy', reason: `${peers.length} sessions established` }
  const reason = `No session to peer ${textIn(down, 'name') ?? '?'}: ${textIn(down, 'peeringState') ?? 'unknown'}`
  const since = textIn(down, 'establishedTime') ?? metadata.creationTimestamp
  return progressingUntil(verificationLimitMs, { reason, since }, nowMs)
}
