import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import type { Runtime } from '../../../../preload/contract/profiles.ts'
import { bareHost } from '../addresses.ts'
import type { TlsFacts } from '../facts.ts'
import { tlsLimitMs } from '../limits.ts'
import type { Target } from '../target.ts'
import { inspectCertificates } from '../tls/inspect.ts'
import type { Roots } from '../tls/roots.ts'
import { sentCertificates } from '../tls/sent-certificates.ts'
import { ObservedStream } from '../transport/observed-stream.ts'
import { errorCode, TimedOut, withTimeout } from '../transport/time-limit.ts'
import { showBytes } from '../wire-signature.ts'

export interface Handshake {
  readonly target: Pick<Target, 'trust' | 'clientCertificate' | 'runtime'>
  /** Offers what another runtime would, or `any` that this Node can; absent: what the target's runtime would. */
  readonly offer?: Runtime | 'any'
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
  { target, serverName, alpn, roots, offer = target.runtime }: Handshake,
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
        answersLongHello: undefined,
        answersSplitHello: undefined,
        otherOffers: undefined,
        unverifiedResponse: undefined,
      },
      socket: undefined,
      observed,
    }
  }
  try {
    const keyLog: Buffer[] = []
    const socket = await withTimeout(limitMs, signal, (limit) =>
      startTls(observed, name, alpn, roots.context(target, offer), keyLog, limit),
    )
    if (socket === TimedOut) return fail('stalled', '')
    const bytes = observed.handshakeBytes
    observed.removeLimit()
    const version = socket.getProtocol() ?? ''
    const cipher = socket.getCipher().standardName
    const sent = sentCertificates({ bytes, version, cipher, keyLog })
    const inspected = inspectCertificates(socket, sent, name, target, roots)
    const facts: TlsFacts = {
      kind: 'established',
      version,
      cipher,
      alpn: socket.alpnProtocol || '',
      serverName: name,
      ...inspected,
      mintedOnDemand: undefined,
      unverifiedResponse: undefined,
      clientCertificateGiven,
      longHello: undefined,
    }
    return { facts, socket, observed }
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
  keyLog: Buffer[],
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
  socket.on('keylog', (line: Buffer) => void keyLog.push(line))
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
