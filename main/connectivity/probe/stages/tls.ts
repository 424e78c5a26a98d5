import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import { bareHost } from '../addresses.ts'
import type { TlsFacts } from '../facts.ts'
import { tlsLimitMs } from '../limits.ts'
import type { Target } from '../target.ts'
import { describeCertificate, leadsTo, presented } from '../tls/chain.ts'
import type { Roots } from '../tls/roots.ts'
import { Tap } from '../transport/tap.ts'
import { codeOf, late, within } from '../transport/time-limit.ts'
import { showBytes } from '../wire-signature.ts'

export interface Handshake {
  readonly target: Pick<Target, 'trust' | 'clientCertificate'>
  readonly serverName: string
  readonly alpn: readonly string[]
  readonly roots: Roots
}

export interface Shaken {
  readonly facts: TlsFacts
  readonly socket: tls.TLSSocket | undefined
  readonly tap: Tap
}

/**
 * Shakes hands without insisting on anything, so that what is wrong can be told in full; the judgement is another's.
 * The socket is the caller's when there is one.
 */
export async function shakeHands(
  stream: Duplex,
  { target, serverName, alpn, roots }: Handshake,
  signal: AbortSignal,
  limitMs = tlsLimitMs,
): Promise<Shaken> {
  const tap = new Tap(stream)
  const name = bareHost(serverName)
  const clientCertificateGiven = target.clientCertificate !== undefined
  const fail = (outcome: Extract<TlsFacts, { kind: 'failed' }>['outcome'], code: string): Shaken => {
    tap.destroy()
    return {
      facts: {
        kind: 'failed',
        outcome: isTls(tap.firstBytes) ? outcome : 'not-tls',
        code,
        receivedBytes: tap.receivedBytes,
        firstBytes: showBytes(tap.firstBytes),
        clientCertificateGiven,
        cutsSilent: undefined,
        answersOtherName: undefined,
        answersSmall: undefined,
        peek: undefined,
      },
      socket: undefined,
      tap,
    }
  }
  try {
    const socket = await within(limitMs, signal, (limit) => secure(tap, name, alpn, roots.context(target), limit))
    if (socket === late) return fail('stalled', '')
    tap.lift()
    return { facts: established(socket, name, target, roots, clientCertificateGiven), socket, tap }
  } catch (error) {
    if (signal.aborted) tap.destroy()
    signal.throwIfAborted()
    const code = codeOf(error)
    if (tap.ending !== undefined && !code.startsWith('ERR_SSL')) return fail(tap.ending, code)
    return fail('error', code)
  }
}

/** Handshake and alert records are TLS; nothing at all may still become it. */
const isTls = (first: Buffer): boolean => first.length === 0 || first[0] === 0x16 || first[0] === 0x15

function secure(
  tap: Tap,
  name: string,
  alpn: readonly string[],
  context: tls.SecureContext,
  limit: AbortSignal,
): Promise<tls.TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<tls.TLSSocket>()
  const socket = tls.connect({
    socket: tap,
    secureContext: context,
    rejectUnauthorized: false,
    // Names are looked at by the judgement; here they would hide what is wrong with the chain.
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
  // Stays on: alerts that come after the handshake must not end the program.
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
  const chain = presented(peer)
  const leaf = chain[0]
  const byTarget = leadsTo(chain, roots.of(target.trust))
  // Roots that are given and vouch for it settle the matter: the hundreds of others need not be read.
  const settled = byTarget && target.trust.kind === 'pem'
  const error = socket.authorized ? '' : codeOfAuthorization(socket.authorizationError)
  // What is presented may hold certificates that no path needs, such as an old root's, ended long ago, for a root that is
  // trusted by itself. Only where OpenSSL met a date on the path do those behind the leaf matter.
  const timed = dateErrors.has(error) ? chain : chain.slice(0, 1)
  return {
    kind: 'established',
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    alpn: socket.alpnProtocol || '',
    serverName: name,
    chain: chain.map(describeCertificate),
    trusted: {
      byTarget: byTarget && (error === '' || dateErrors.has(error)),
      byBundled: !settled && leadsTo(chain, roots.bundled()),
      bySystem: !settled && leadsTo(chain, roots.system()),
      error: dateErrors.has(error) ? '' : error,
    },
    nameFault: leaf === undefined ? 'no certificate was presented' : nameFault(name, leaf.subjectAltName ?? '', peer),
    at: Date.now(),
    validFrom: Math.max(...timed.map((one) => one.validFromDate.getTime())),
    validTo: Math.min(...timed.map((one) => one.validToDate.getTime())),
    minted: undefined,
    peek: undefined,
    clientCertificateGiven: given,
  }
}

/** About when, not about who. */
const dateErrors: ReadonlySet<string> = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'])

/** Node gives the code as a string or as an error with a code. */
function codeOfAuthorization(error: unknown): string {
  return typeof error === 'string' ? error : codeOf(error)
}

function nameFault(name: string, names: string, peer: tls.PeerCertificate): string {
  const fault = tls.checkServerIdentity(name, peer)
  // Node takes the common name where there is no other; programs in Go refuse it (RFC 6125 §6.4.4 lets both).
  const byCommonName = isIP(name) === 0 && !/(?:^|, )DNS:/.test(names)
  if (fault === undefined && byCommonName)
    return `the certificate has ${name} as its common name alone, and no subjectAltName, without which programs in Go refuse it`
  if (fault === undefined) return ''
  return `the certificate is for ${names.slice(0, 300) || peer.subject?.CN || 'no name at all'}, not for ${name}`
}
