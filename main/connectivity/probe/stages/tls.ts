import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import { bareHost } from '../addresses.ts'
import type { TlsFacts } from '../facts.ts'
import { tlsLimitMs } from '../limits.ts'
import type { Target } from '../target.ts'
import { chainsTo, describeCertificate, presentedChain } from '../tls/chain.ts'
import type { Roots } from '../tls/roots.ts'
import { ObservedStream } from '../transport/observed-stream.ts'
import { errorCode, TimedOut, withTimeout } from '../transport/time-limit.ts'
import { showBytes } from '../wire-signature.ts'

export interface Handshake {
  readonly target: Pick<Target, 'trust' | 'clientCertificate'>
  readonly serverName: string
  readonly alpn: readonly string[]
  readonly roots: Roots
}

export interface HandshakeResult {
  readonly facts: TlsFacts
  readonly socket: tls.TLSSocket | undefined
  readonly observed: ObservedStream
}

/**
 * Performs a TLS handshake without verifying anything, so that every fault is recorded; the judgement verifies.
 * The caller owns the socket when there is one.
 */
export async function handshake(
  stream: Duplex,
  { target, serverName, alpn, roots }: Handshake,
  signal: AbortSignal,
  limitMs = tlsLimitMs,
): Promise<HandshakeResult> {
  const observed = new ObservedStream(stream)
  const name = bareHost(serverName)
  const clientCertificateGiven = target.clientCertificate !== undefined
  const fail = (outcome: Extract<TlsFacts, { kind: 'failed' }>['outcome'], code: string): HandshakeResult => {
    observed.destroy()
    return {
      facts: {
        kind: 'failed',
        outcome: isTls(observed.firstBytes) ? outcome : 'not-tls',
        code,
        receivedBytes: observed.receivedBytes,
        firstBytes: showBytes(observed.firstBytes),
        clientCertificateGiven,
        dropsSilentConnection: undefined,
        answersOtherName: undefined,
        answersSmallHello: undefined,
        unverifiedResponse: undefined,
      },
      socket: undefined,
      observed,
    }
  }
  try {
    const socket = await withTimeout(limitMs, signal, (limit) =>
      startTls(observed, name, alpn, roots.context(target), limit),
    )
    if (socket === TimedOut) return fail('stalled', '')
    observed.removeLimit()
    return { facts: established(socket, name, target, roots, clientCertificateGiven), socket, observed }
  } catch (error) {
    if (signal.aborted) observed.destroy()
    signal.throwIfAborted()
    const code = errorCode(error)
    if (observed.ending !== undefined && !code.startsWith('ERR_SSL')) return fail(observed.ending, code)
    return fail('error', code)
  }
}

/** Handshake and alert records are TLS. Without any byte, it may still be TLS. */
const isTls = (first: Buffer): boolean => first.length === 0 || first[0] === 0x16 || first[0] === 0x15

function startTls(
  observed: ObservedStream,
  name: string,
  alpn: readonly string[],
  context: tls.SecureContext,
  limit: AbortSignal,
): Promise<tls.TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<tls.TLSSocket>()
  const socket = tls.connect({
    socket: observed,
    secureContext: context,
    rejectUnauthorized: false,
    // The judgement checks names; here an error would hide what is wrong with the chain.
    checkServerIdentity: () => undefined,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
  })
  const stop = (): void => {
    socket.destroy()
    reject(limit.reason)
  }
  limit.addEventListener('abort', stop, { once: true })
  socket.once('secureConnect', () => {
    limit.removeEventListener('abort', stop)
    resolve(socket)
  })
  // Not once: alerts after the handshake must not end the program.
  socket.on('error', reject)
  socket.once('close', () => reject(new Error('closed')))
  return promise
}

function established(
  socket: tls.TLSSocket,
  name: string,
  target: Pick<Target, 'trust'>,
  roots: Roots,
  given: boolean,
): TlsFacts {
  const peer = socket.getPeerCertificate(true)
  const chain = presentedChain(peer)
  const leaf = chain[0]
  const signedForTarget = chainsTo(chain, roots.of(target.trust))
  // When given roots trust it, the hundreds of others need not be read.
  const isTrustedByGivenRoots = signedForTarget && target.trust.kind === 'pem'
  const error = socket.authorized ? '' : codeOfAuthorization(socket.authorizationError)
  // A chain can have certificates that no path needs, such as an expired cross-certificate of a trusted root. The dates behind
  // the leaf matter only when OpenSSL reports a date error.
  const timed = dateErrors.has(error) ? chain : chain.slice(0, 1)
  return {
    kind: 'established',
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    alpn: socket.alpnProtocol || '',
    serverName: name,
    chain: chain.map(describeCertificate),
    trusted: {
      signedForTarget,
      byTarget: signedForTarget && (error === '' || dateErrors.has(error)),
      byBundled: !isTrustedByGivenRoots && chainsTo(chain, roots.bundled()),
      bySystem: !isTrustedByGivenRoots && chainsTo(chain, roots.system()),
      error: dateErrors.has(error) ? '' : error,
    },
    nameError: leaf === undefined ? 'no certificate was presented' : nameError(name, leaf.subjectAltName ?? '', peer),
    at: Date.now(),
    validFrom: Math.max(...timed.map((certificate) => certificate.validFromDate.getTime())),
    validTo: Math.min(...timed.map((certificate) => certificate.validToDate.getTime())),
    mintedOnDemand: undefined,
    unverifiedResponse: undefined,
    clientCertificateGiven: given,
  }
}

/** Errors about dates, not about trust. */
const dateErrors: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'])

/** Node reports the code as a string or as an error with a code. */
function codeOfAuthorization(error: unknown): string {
  return typeof error === 'string' ? error : errorCode(error)
}

function nameError(name: string, names: string, peer: tls.PeerCertificate): string {
  const fault = tls.checkServerIdentity(name, peer)
  // Node accepts a common name without subjectAltName; Go rejects it (RFC 6125 §6.4.4 permits both).
  const byCommonName = isIP(name) === 0 && !/(?:^|, )DNS:/.test(names)
  if (fault === undefined && byCommonName)
    return `the certificate has ${name} only as its common name, without subjectAltName, and programs in Go reject it`
  if (fault === undefined) return ''
  return `the certificate is for ${names.slice(0, 300) || peer.subject?.CN || 'no name'}, not for ${name}`
}
