import { createHash, X509Certificate } from 'node:crypto'
import type { DetailedPeerCertificate } from 'node:tls'
import type { CertificateFacts } from '../facts.ts'
import type { RootSet } from './roots.ts'

/** Real chains have two to four certificates. */
const lengthLimit = 12

/** The presented chain, leaf first. Node adds the root when it knows one. */
export function presentedChain(peer: DetailedPeerCertificate): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  let current: DetailedPeerCertificate | undefined = peer
  while (current?.raw !== undefined && chain.length < lengthLimit) {
    chain.push(new X509Certificate(current.raw))
    if (current.issuerCertificate === current) break
    current = current.issuerCertificate
  }
  return chain
}

/**
 * Whether signatures lead from the leaf to one of the roots. Ignores dates, names and purposes: OpenSSL checks those,
 * with the component's own roots.
 */
export function chainsTo(chain: readonly X509Certificate[], roots: RootSet): boolean {
  const isRoot = (certificate: X509Certificate): boolean =>
    roots.bySubject.get(certificate.subject)?.some((root) => root.fingerprint256 === certificate.fingerprint256) ??
    false
  const visited = new Set<string>()
  let level = chain.slice(0, 1)
  while (level.length > 0 && visited.size < lengthLimit) {
    if (level.some(isRoot)) return true
    const next: X509Certificate[] = []
    for (const certificate of level) {
      visited.add(certificate.fingerprint256)
      const issuers = [...(roots.bySubject.get(certificate.issuer) ?? []), ...chain]
      next.push(...issuers.filter((issuer) => !visited.has(issuer.fingerprint256) && signed(issuer, certificate)))
    }
    level = next
  }
  return false
}

function signed(issuer: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
  } catch {
    return false // an unsupported type of key
  }
}

/** On one line, the most specific part first: `CN=x, O=y`. */
const oneLine = (name: string): string => name.split('\n').reverse().join(', ').slice(0, 200)

export function describeCertificate(certificate: X509Certificate): CertificateFacts {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: (certificate.subjectAltName ?? '').slice(0, 400),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    keySha256: keyHash(certificate),
    rsaBits: rsaBits(certificate),
  }
}

function rsaBits(certificate: X509Certificate): number | undefined {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
    return asymmetricKeyType?.startsWith('rsa') === true ? asymmetricKeyDetails?.modulusLength : undefined
  } catch {
    return undefined // an unsupported type of key
  }
}

function keyHash(certificate: X509Certificate): string {
  try {
    return createHash('sha256')
      .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex')
  } catch {
    return ''
  }
}
