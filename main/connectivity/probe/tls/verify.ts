import type { Runtime } from '../../../../preload/contract/profiles.ts'
import type { ChainFault, DateFault } from '../facts.ts'
import type { ChainCertificate, Path } from './chain.ts'
import { keyUsageCertSign, keyUsageOfServers, purposeAny, purposeServer, purposesOfOldServers } from './extensions.ts'
import { disallowedName } from './name-constraints.ts'

export interface Verification {
  readonly fault: ChainFault | undefined
  readonly dateFault: DateFault | undefined
  /** The latest "not before" and the earliest "not after" of the certificates whose dates the library checks. */
  readonly validFrom: number
  readonly validTo: number
}

/** What TLS libraries decide differently about the same chain. */
interface Rules {
  /** Any certificate that is given as trust is an anchor, not only a root. */
  readonly partialChains: boolean
  readonly refusesNegativeSerial: boolean
  readonly refusesSha1: boolean
  readonly minimumRsaBits: number
  /** Whether the anchor's dates, weak key, name constraints and purposes count. */
  readonly checksAnchor: boolean
  /** Whether the purposes of authorities limit those of what they sign. */
  readonly nestsPurposes: boolean
  /** "Any purpose" includes servers. */
  readonly acceptsAnyPurpose: boolean
  readonly acceptsOldPurposes: boolean
  /** A server's certificate that is itself trusted is accepted as it is, whatever its dates and use. */
  readonly acceptsTrustedServer: boolean
  /** The bits of the key usage of a server's certificate, one of which the key exchange needs; 0: not checked. */
  readonly serverKeyUsage: (cipher: string) => number
}

const anyServerUsage = keyUsageOfServers.signature | keyUsageOfServers.encipherment | keyUsageOfServers.agreement

/** OpenSSL with security level 2, the default since 3.2 and of Debian, Ubuntu and RHEL. Node is built with it. */
const opensslRules: Rules = {
  partialChains: false,
  refusesNegativeSerial: false,
  refusesSha1: true,
  minimumRsaBits: 2_048,
  checksAnchor: true,
  nestsPurposes: true,
  acceptsAnyPurpose: false,
  acceptsOldPurposes: true,
  acceptsTrustedServer: false,
  serverKeyUsage: () => anyServerUsage,
}

/**
 * Sources: Go 1.26 crypto/x509 (parser.go, verify.go), the JDK's PKIXCertPathValidator, EndEntityChecker and
 * `jdk.certpath.disabledAlgorithms`, OpenSSL 3.5 x509_vfy.c and v3_purp.c. test/connectivity/runtimes.test.ts compares them with the
 * real ones.
 */
const rules: Readonly<Record<Runtime, Rules>> = {
  go: {
    partialChains: true,
    refusesNegativeSerial: true,
    refusesSha1: true,
    minimumRsaBits: 1_024,
    checksAnchor: true,
    nestsPurposes: true,
    acceptsAnyPurpose: true,
    acceptsOldPurposes: false,
    acceptsTrustedServer: false,
    serverKeyUsage: () => 0,
  },
  java: {
    partialChains: true,
    refusesNegativeSerial: false,
    // Only where the anchor is a root of the JDK itself.
    refusesSha1: false,
    minimumRsaBits: 1_024,
    checksAnchor: false,
    nestsPurposes: false,
    acceptsAnyPurpose: true,
    acceptsOldPurposes: true,
    acceptsTrustedServer: true,
    serverKeyUsage: (cipher) =>
      cipher.startsWith('TLS_RSA_') ? keyUsageOfServers.encipherment : keyUsageOfServers.signature,
  },
  node: opensslRules,
  openssl: opensslRules,
}

/** Of the handshake: the time in milliseconds since the epoch, the standard name of the chosen cipher suite, and what is trusted. */
export interface Circumstances {
  readonly at: number
  readonly cipher: string
  /** Roots that the endpoint gives, as opposed to public ones. */
  readonly hasGivenRoots: boolean
}
type AppliedRules = Rules & { readonly neededKeyUsage: number }

/**
 * Verifies a chain as a runtime's TLS library does, except for the name of the server. Pure.
 * `paths`: the chains that lead to a trusted certificate; `sent`: its own certificate and the issuers of it that the server sent.
 */
export function verifyChain(
  sent: readonly ChainCertificate[],
  paths: readonly Path[],
  runtime: Runtime,
  { at, cipher, hasGivenRoots }: Circumstances,
): Verification {
  const rule = rules[runtime]
  const applied = { ...rule, neededKeyUsage: rule.serverKeyUsage(cipher) }
  const [best] = paths
    .map((path) => verifyPath(path, applied, at))
    .toSorted((one, other) => faultsOf(one) - faultsOf(other))
  if (best !== undefined) return best
  const [leaf] = sent
  const dates = { validFrom: leaf?.notBefore ?? 0, validTo: leaf?.notAfter ?? 0 }
  return { fault: withoutPath(sent, hasGivenRoots), dateFault: dateFaultOf(sent.slice(0, 1), at), ...dates }
}

const faultsOf = ({ fault, dateFault }: Verification): number =>
  (fault === undefined ? 0 : 2) + (dateFault === undefined ? 0 : 1)

function verifyPath(path: Path, rule: AppliedRules, at: number): Verification {
  const isTrustedServer = path.length === 1 && rule.acceptsTrustedServer
  // The anchor itself is trusted as it is; where it is the server's own certificate, its dates and purpose count.
  const dated = rule.checksAnchor || (path.length === 1 && !isTrustedServer) ? path : path.slice(0, -1)
  const applied = isTrustedServer ? [findMalformed, findWeakKey] : faults
  return {
    fault: applied.map((find) => find(path, rule)).find((fault) => fault !== undefined),
    dateFault: dateFaultOf(dated, at, path.length),
    validFrom: Math.max(0, ...dated.map(({ notBefore }) => notBefore)),
    validTo: Math.min(lastTime, ...dated.map(({ notAfter }) => notAfter)),
  }
}

/** The last time that a Date can have: no certificate limits it. */
const lastTime = 8.64e15

const isSelfSigned = ({ details }: ChainCertificate): boolean => details.subject === details.issuer

/**
 * A private authority that signs without an intermediate sends no root, which looks like a chain without its intermediate. Public
 * authorities put the URL of the issuer into each certificate (baseline requirements of the CA/Browser Forum, §7.1.2.7.7), so
 * where public roots are trusted, a certificate without one is of a private authority.
 */
function withoutPath(sent: readonly ChainCertificate[], hasGivenRoots: boolean): ChainFault {
  const last = sent.at(-1)
  if (last === undefined) return { kind: 'unknown-root', certificate: '', message: 'no certificate was presented' }
  const unsigned = sent.findIndex((certificate, index) => !isSignedBy(certificate, sent[index + 1]))
  const certificate = sent[unsigned]
  if (certificate !== undefined)
    return {
      kind: 'incomplete',
      certificate: certificate.subject,
      message: `the server sends a certificate of ${certificate.issuer} with another key than the one that signed this one`,
    }
  if (sent.length > 1 || isSelfSigned(last) || last.isAuthority)
    return {
      kind: 'unknown-root',
      certificate: last.subject,
      message: isSelfSigned(last)
        ? `the chain ends at ${last.subject}`
        : `the chain ends before its issuer ${last.issuer}`,
    }
  if (!hasGivenRoots && last.details.issuerUrl === '')
    return {
      kind: 'unknown-root',
      certificate: last.subject,
      message: `its issuer ${last.issuer} is not trusted, and the certificate names no place where it is published, as those of public authorities do`,
    }
  const published = last.details.issuerUrl === '' ? '' : `, which is published at ${last.details.issuerUrl}`
  return {
    kind: 'incomplete',
    certificate: last.subject,
    message: `the server sends its own certificate alone, without that of its issuer ${last.issuer}${published}`,
  }
}

/** Whether the next certificate that was sent signed this one; an authority that renews its key keeps its name. */
function isSignedBy({ x509 }: ChainCertificate, issuer: ChainCertificate | undefined): boolean {
  try {
    return issuer === undefined || x509.verify(issuer.x509.publicKey)
  } catch {
    return true // an unsupported type of key shows nothing
  }
}

function dateFaultOf(path: Path, at: number, length = path.length): DateFault | undefined {
  for (const [index, certificate] of path.entries()) {
    const kind = outOfDate(certificate, at)
    if (kind === undefined) continue
    return {
      kind,
      role: roleAt(index, length),
      certificate: certificate.subject,
      date: kind === 'expired' ? certificate.notAfter : certificate.notBefore,
    }
  }
  return undefined
}

function roleAt(index: number, length: number): DateFault['role'] {
  if (index === 0) return 'leaf'
  return index === length - 1 ? 'anchor' : 'intermediate'
}

function outOfDate({ notBefore, notAfter }: ChainCertificate, at: number): DateFault['kind'] | undefined {
  if (at < notBefore) return 'not-yet-valid'
  return at > notAfter ? 'expired' : undefined
}

type FindFault = (path: Path, rule: AppliedRules) => ChainFault | undefined

/** The first fault of a path that any of its certificates has, from the server's own on. */
const ofAny =
  (
    kind: ChainFault['kind'],
    match: (certificate: ChainCertificate, index: number, path: Path, rule: AppliedRules) => string | undefined,
  ): FindFault =>
  (path, rule) => {
    for (const [index, certificate] of path.entries()) {
      const message = match(certificate, index, path, rule)
      if (message !== undefined) return { kind, certificate: certificate.subject, message }
    }
    return undefined
  }

const isAnchor = (index: number, path: Path): boolean => index === path.length - 1

const findMalformed = ofAny('malformed', ({ details }, index, path, { refusesNegativeSerial, checksAnchor }) => {
  if (details.isUnreadable) return 'an extension of it cannot be read'
  if (details.isSerialNegative && refusesNegativeSerial) return 'its serial number is negative (RFC 5280 §4.1.2.2)'
  if (details.repeatedExtension !== undefined) return `it has the extension ${details.repeatedExtension} twice`
  const [unknown] = checksAnchor || !isAnchor(index, path) ? details.unknownCritical : []
  return unknown === undefined ? undefined : `it has the critical extension ${unknown}, which no TLS library knows`
})

const findWrongUsage = ofAny('usage', (certificate, index, path, rule) =>
  index === 0 ? wrongUseAsServer(certificate, rule) : wrongUseAsAuthority(certificate, index, path, rule),
)

function allowsServers({ details: { purposes } }: ChainCertificate, rule: AppliedRules): boolean {
  return (
    purposes.length === 0 ||
    purposes.includes(purposeServer) ||
    (rule.acceptsAnyPurpose && purposes.includes(purposeAny)) ||
    (rule.acceptsOldPurposes && purposes.some((purpose) => purposesOfOldServers.includes(purpose)))
  )
}

function wrongUseAsServer(certificate: ChainCertificate, rule: AppliedRules): string | undefined {
  const { keyUsage } = certificate.details
  if (!allowsServers(certificate, rule)) return 'its extended key usage does not include servers'
  const { neededKeyUsage } = rule
  if (neededKeyUsage === 0 || keyUsage === undefined || (keyUsage & neededKeyUsage) !== 0) return undefined
  return neededKeyUsage === keyUsageOfServers.encipherment
    ? 'its key usage does not allow key encipherment, which the chosen cipher suite needs'
    : 'its key usage does not allow signatures'
}

function wrongUseAsAuthority(
  certificate: ChainCertificate,
  index: number,
  path: Path,
  rule: AppliedRules,
): string | undefined {
  const { basicConstraints, keyUsage } = certificate.details
  // An old root (version 1) has no extensions.
  const isOldRoot = isAnchor(index, path) && !certificate.details.hasExtensions
  if (basicConstraints?.isAuthority !== true && !isOldRoot) return 'it is no authority, and signed another certificate'
  if (keyUsage !== undefined && (keyUsage & keyUsageCertSign) === 0)
    return 'its key usage does not allow it to sign certificates'
  const isChecked = rule.checksAnchor || !isAnchor(index, path)
  const between = path.slice(1, index).filter((each) => !isSelfSigned(each)).length
  if (isChecked && basicConstraints?.pathLength !== undefined && between > basicConstraints.pathLength)
    return `it allows ${basicConstraints.pathLength} authorities below itself, and there are ${between}`
  return isChecked && rule.nestsPurposes && !allowsServers(certificate, rule)
    ? 'its extended key usage does not include servers'
    : undefined
}

const findDisallowedName = ofAny('name-constraint', ({ details, subject }, index, path, { checksAnchor }) => {
  const { nameConstraints } = details
  const [leaf] = path
  if (index === 0 || nameConstraints === undefined || leaf === undefined) return undefined
  if (!checksAnchor && isAnchor(index, path)) return undefined
  const name = disallowedName(leaf.details, nameConstraints)
  return name === undefined ? undefined : `${subject} may not sign certificates for ${name}`
})

const findWeakSignature = ofAny('weak-signature', ({ details }, index, path, { refusesSha1 }) => {
  // The anchor is trusted without its signature.
  const isWeak = details.weakHash !== '' && (details.weakHash !== 'sha1' || refusesSha1)
  return isWeak && !isAnchor(index, path)
    ? `it is signed with ${details.weakHash === 'sha1' ? 'SHA-1' : details.weakHash.toUpperCase()}`
    : undefined
})

const findPartialChain: FindFault = (path, { partialChains }) => {
  const anchor = path.at(-1)
  return anchor === undefined || partialChains || isSelfSigned(anchor)
    ? undefined
    : {
        kind: 'partial',
        certificate: anchor.subject,
        message: `the trusted certificate ${anchor.subject} is no root; its issuer is ${anchor.issuer}`,
      }
}

const findWeakKey = ofAny('weak-key', ({ rsaBits }, _index, _path, { minimumRsaBits }) =>
  rsaBits !== undefined && rsaBits < minimumRsaBits
    ? `RSA key of ${rsaBits} bits, and ${minimumRsaBits} are required`
    : undefined,
)

const faults: readonly FindFault[] = [
  findPartialChain,
  findMalformed,
  findWrongUsage,
  findDisallowedName,
  findWeakSignature,
  findWeakKey,
]
