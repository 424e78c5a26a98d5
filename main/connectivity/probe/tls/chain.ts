import { createHash, X509Certificate } from 'node:crypto'
import type { DetailedPeerCertificate } from 'node:tls'
import type { CertificateFacts } from '../facts.ts'
import { type CertificateDetails, readDetails } from './extensions.ts'
import type { RootSet } from './roots.ts'

/** Real chains have two to four certificates. */
const lengthLimit = 12

/** A certificate as the rules of a TLS library read it. */
export interface ChainCertificate {
  /** Both on one line, the most specific part first: `CN=x, O=y`. */
  readonly subject: string
  readonly issuer: string
  /** Milliseconds since the epoch. */
  readonly notBefore: number
  readonly notAfter: number
  readonly isAuthority: boolean
  /** The length of its RSA key; undefined for a key of another type. */
  readonly rsaBits: number | undefined
  readonly details: CertificateDetails
  readonly x509: X509Certificate
}

/** A chain by signatures, from the server's certificate to a trusted one. */
export type Path = readonly ChainCertificate[]

/** The presented chain, leaf first. Node adds the root when the TLS context has it. */
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

/** The server's certificate and its issuers among those that were sent, by their names. Servers send them in any order. */
export function linkedChain(sent: readonly X509Certificate[]): readonly X509Certificate[] {
  const chain = sent.slice(0, 1)
  for (;;) {
    const issuer = chain.at(-1)?.issuer
    const next = sent.find((each) => each.subject === issuer && !chain.includes(each))
    if (next === undefined) return chain
    chain.push(next)
  }
}

/**
 * All chains of signatures from the leaf to one of the roots. Ignores dates, names and purposes: `verifyChain` checks those.
 */
export function pathsTo(sent: readonly X509Certificate[], roots: RootSet): readonly Path[] {
  const [leaf] = sent
  if (leaf === undefined) return []
  const paths: (readonly X509Certificate[])[] = []
  const pending: (readonly X509Certificate[])[] = [[leaf]]
  // A chain that cross-certificates make ambiguous has a handful of paths.
  for (let path = pending.shift(); path !== undefined && paths.length < lengthLimit; path = pending.shift()) {
    const last = path.at(-1)
    if (last === undefined) continue
    if (isRoot(last, roots)) paths.push(path)
    if (path.length >= lengthLimit || pending.length > lengthLimit) continue
    const issuers = [...(roots.bySubject.get(last.issuer) ?? []), ...sent.slice(1)]
    const next = new Map(issuers.map((issuer) => [issuer.fingerprint256, issuer]))
    for (const issuer of next.values()) if (isNew(issuer, path) && signed(issuer, last)) pending.push([...path, issuer])
  }
  return paths.map((path) => path.map(readCertificate))
}

const isRoot = (certificate: X509Certificate, roots: RootSet): boolean =>
  roots.bySubject.get(certificate.subject)?.some((root) => root.fingerprint256 === certificate.fingerprint256) ?? false

const isNew = (issuer: X509Certificate, path: readonly X509Certificate[]): boolean =>
  path.every((each) => each.fingerprint256 !== issuer.fingerprint256)

/** Whether signatures lead from the leaf to one of the roots. */
export const chainsTo = (sent: readonly X509Certificate[], roots: RootSet): boolean => pathsTo(sent, roots).length > 0

function signed(issuer: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey)
  } catch {
    return false // an unsupported type of key
  }
}

/** On one line, the most specific part first: `CN=x, O=y`. */
const oneLine = (name: string): string => name.split('\n').reverse().join(', ').slice(0, 200)

export function readCertificate(x509: X509Certificate): ChainCertificate {
  return {
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    notBefore: x509.validFromDate.getTime(),
    notAfter: x509.validToDate.getTime(),
    isAuthority: x509.ca,
    rsaBits: rsaBits(x509),
    details: readDetails(x509.raw),
    x509,
  }
}

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
