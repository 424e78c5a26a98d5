import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import * as tls from 'node:tls'
import type { Runtime } from '../../../../preload/contract/profiles.ts'
import { matchesWildcard } from '../../../lib/rules/wildcard.ts'
import type { CertificateDetails } from './extensions.ts'

type Names = Pick<CertificateDetails, 'dnsNames' | 'addresses'>

/**
 * Why a runtime does not accept the certificate for a name; empty when it does. Go reads subject alternative names alone, and
 * wildcards as a whole label (crypto/x509 VerifyHostname); the others fall back to the common name (RFC 6125 §6.4.4). Java reads
 * "*" in any label (sun.security.util.HostnameChecker). Only Node ignores a dot at the end of a name in a certificate.
 */
export function nameError(name: string, names: Names, peer: tls.PeerCertificate, runtime: Runtime): string {
  const isAccepted = acceptedBy[runtime](name, names, peer)
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

/** OpenSSL's own X509_check_host; addresses as Node compares them, which is the same. */
const isAcceptedByOpenssl: Accepts = (name, _names, peer) =>
  isIP(name) !== 0
    ? isAcceptedByNode(name, peer)
    : peer.raw === undefined || new X509Certificate(peer.raw).checkHost(name.replace(/\.$/, '')) !== undefined

const isAcceptedByJava: Accepts = (name, { dnsNames }, peer) =>
  isIP(name) !== 0 || dnsNames.length === 0
    ? isAcceptedByNode(name, peer)
    : dnsNames.some((pattern) => matchesHostInJava(name, pattern))

type Accepts = (name: string, names: Names, peer: tls.PeerCertificate) => boolean
const acceptedBy: Readonly<Record<Runtime, Accepts>> = {
  go: isAcceptedByGo,
  java: isAcceptedByJava,
  node: (name, _names, peer) => isAcceptedByNode(name, peer),
  openssl: isAcceptedByOpenssl,
}

const labelsOf = (name: string): readonly string[] => name.toLowerCase().split('.')
const withoutDot = (host: string): string => host.replace(/\.$/, '')

/** "*" stands for any part of any label, but not of the last; what is no host name matches nothing. */
function matchesHostInJava(host: string, pattern: string): boolean {
  const [labels, patterns] = [labelsOf(withoutDot(host)), labelsOf(pattern)]
  const isName = patterns.every((label) => /^[a-z\d*](?:[a-z\d*-]*[a-z\d*])?$/.test(label))
  if (!isName || labels.length !== patterns.length || patterns.at(-1)?.includes('*') === true) return false
  return patterns.every((label, index) => matchesWildcard(labels[index] ?? '', label))
}

/** Whether a name of a certificate covers a host, as Go decides it: "*" is one whole label, the first. */
function matchesHost(host: string, pattern: string): boolean {
  const [labels, patterns] = [labelsOf(withoutDot(host)), labelsOf(pattern)]
  return (
    labels.length === patterns.length &&
    patterns.every((label, index) => label === labels[index] || (index === 0 && label === '*' && patterns.length > 1))
  )
}
