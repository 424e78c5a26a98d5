import type { X509Certificate } from 'node:crypto'
import type * as tls from 'node:tls'
import type { Runtime } from '../../../../preload/contract/profiles.ts'
import type { ChainFault, RuntimeObjections, TlsFacts } from '../facts.ts'
import type { Target } from '../target.ts'
import { errorCode } from '../transport/time-limit.ts'
import {
  chainsTo,
  describeCertificate,
  linkedChain,
  type Path,
  pathsTo,
  presentedChain,
  readCertificate,
} from './chain.ts'
import { type Roots, usesOpenssl } from './roots.ts'
import { nameError } from './server-name.ts'
import { type Circumstances, type Verification, verifyChain } from './verify.ts'

type Established = Extract<TlsFacts, { kind: 'established' }>
type Inspected = Pick<
  Established,
  'chain' | 'trusted' | 'chainFault' | 'dateFault' | 'objections' | 'nameError' | 'at' | 'validFrom' | 'validTo'
>

/** What the certificates of an established connection are worth to the runtime of the component. `sent`: undefined where only Node's list is known. */
export function inspectCertificates(
  socket: tls.TLSSocket,
  sent: readonly X509Certificate[] | undefined,
  name: string,
  target: Pick<Target, 'trust' | 'runtime'>,
  roots: Roots,
): Inspected {
  const { trust, runtime } = target
  const peer = socket.getPeerCertificate(true)
  const presented = sent ?? presentedChain(peer)
  const paths = pathsTo(presented, roots.of(trust))
  // When given roots trust it, the hundreds of others need not be read.
  const isTrustedByGivenRoots = paths.length > 0 && trust.kind === 'pem'
  const at = Date.now()
  const linked = linkedChain(presented)
  const verify = verifier(linked, paths, {
    at,
    cipher: socket.getCipher().standardName,
    hasGivenRoots: trust.kind === 'pem',
  })
  const verification = verify(runtime)
  const chainFault = verification.fault ?? rejectionByOpenssl(socket, verification, runtime)
  const nameErrorFor = (each: Runtime): string =>
    presented[0] === undefined
      ? 'no certificate was presented'
      : nameError(name, readCertificate(presented[0]).details, peer, each)
  const objection = (each: Runtime): string => describeFault(verify(each).fault) || nameErrorFor(each)
  return {
    chain: linked.map(describeCertificate),
    trusted: {
      byTarget: paths.length > 0 && chainFault === undefined,
      byBundled: !isTrustedByGivenRoots && chainsTo(presented, roots.bundled()),
      bySystem: !isTrustedByGivenRoots && chainsTo(presented, roots.system()),
    },
    chainFault,
    dateFault: verification.dateFault,
    objections: objectionsOf(objection),
    nameError: nameErrorFor(runtime),
    at,
    validFrom: verification.validFrom,
    validTo: verification.validTo,
  }
}

const objectionsOf = (objection: (runtime: Runtime) => string): RuntimeObjections => ({
  go: objection('go'),
  java: objection('java'),
  node: objection('node'),
  openssl: objection('openssl'),
})

function verifier(
  linked: readonly X509Certificate[],
  paths: readonly Path[],
  circumstances: Circumstances,
): (runtime: Runtime) => Verification {
  const sent = linked.map(readCertificate)
  return (runtime) => verifyChain(sent, paths, runtime, circumstances)
}

const describeFault = (fault: ChainFault | undefined): string =>
  fault === undefined ? '' : `${fault.certificate}: ${fault.message}`

/** Errors about dates, not about trust. */
const dateErrors: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'])

/** For programs with OpenSSL, whose own verdict this process has: what it rejects for a reason that `verifyChain` does not know. */
function rejectionByOpenssl(
  socket: tls.TLSSocket,
  { dateFault }: Verification,
  runtime: Runtime,
): ChainFault | undefined {
  if (!usesOpenssl(runtime) || socket.authorized || dateFault !== undefined) return undefined
  const { authorizationError: error } = socket
  // Node reports the code as a string or as an error with a code.
  const code = typeof error === 'string' ? error : errorCode(error)
  if (dateErrors.has(code)) return undefined
  const reason = code === 'UNSPECIFIED' ? '' : ` (${code})`
  const certificate = socket.getPeerX509Certificate()?.subject.split('\n').reverse().join(', ') ?? ''
  return { kind: 'rejected', certificate, message: `OpenSSL does not accept the chain${reason}` }
}
