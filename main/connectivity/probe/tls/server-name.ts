import { isIP } from 'node:net'
import * as tls from 'node:tls'
import type { Runtime } from '../../../../preload/contract/profiles.ts'
import type { CertificateDetails } from './extensions.ts'

type Names = Pick<CertificateDetails, 'dnsNames' | 'addresses'>

/**
 * Why a runtime does not accept the certificate for a name; empty when it does. Go reads subject alternative names alone, and
 * wildcards as a whole label (crypto/x509 VerifyHostname); the others fall back to the common name (RFC 6125 §6.4.4).
 */
export function nameError(name: string, names: Names, peer: tls.PeerCertificate, runtime: Runtime): string {
  const isAccepted = runtime === 'go' ? isAcceptedByGo(name, names, peer) : isAcceptedByNode(name, peer)
  if (isAccepted) return ''
  const listed = peer.subjectaltname ?? ''
  if (runtime === 'go' && listed === '' && isAcceptedByNode(name, peer))
    return `the certificate has ${name} only as its common name, without subjectAltName, and programs in Go reject it`
  return `the certificate is for ${listed.slice(0, 300) || peer.subject?.CN || 'no name'}, not for ${name}`
}

const isAcceptedByNode = (name: string, peer: tls.PeerCertificate): boolean =>
  tls.checkServerIdentity(name, peer) === undefined

function isAcceptedByGo(name: string, { dnsNames }: Names, peer: tls.PeerCertificate): boolean {
  // Node compares addresses with the alternative names alone, too.
  return isIP(name) !== 0 ? isAcceptedByNode(name, peer) : dnsNames.some((pattern) => matchesHost(name, pattern))
}

const labelsOf = (name: string): readonly string[] => name.toLowerCase().replace(/\.$/, '').split('.')

/** Whether a name of a certificate covers a host, as Go decides it: "*" is one whole label, the first. */
function matchesHost(host: string, pattern: string): boolean {
  const [labels, patterns] = [labelsOf(host), labelsOf(pattern)]
  return (
    labels.length === patterns.length &&
    patterns.every((label, index) => label === labels[index] || (index === 0 && label === '*' && patterns.length > 1))
  )
}
