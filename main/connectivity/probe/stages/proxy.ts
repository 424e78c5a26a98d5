import type { Duplex } from 'node:stream'
import { authority } from '../addresses.ts'
import type { HttpResponse, TlsFacts } from '../facts.ts'
import type { ProxyChoice } from '../proxy/proxy-choice.ts'
import type { Destination } from '../target.ts'
import { BufferedConnection } from '../transport/buffered-connection.ts'
import { requestHttp1 } from '../transport/http1.ts'
import { looksLike } from '../wire-signature.ts'
import { requestSocks5 } from './socks5.ts'

type Proxy = Extract<ProxyChoice, { kind: 'proxy' }>

export type Tunnel =
  | { readonly kind: 'open'; readonly stream: Duplex; readonly proxyTls: TlsFacts | undefined }
  | { readonly kind: 'responded'; readonly response: HttpResponse }
  | { readonly kind: 'refused-login'; readonly sentCredentials: boolean }
  | { readonly kind: 'refused'; readonly reply: number }
  /** TLS with the proxy is not trusted, or failed. */
  | { readonly kind: 'bad-tls'; readonly tls: TlsFacts }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'timeout'; readonly detail: string }

/** The credentials for the proxy; empty when its URL has none. */
export const proxyHeaders = ({ login }: Pick<Proxy, 'login'>): Readonly<Record<string, string>> =>
  login === undefined
    ? {}
    : { 'Proxy-Authorization': `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` }

/** Opens a tunnel to the destination. The caller owns the stream when it is open; otherwise it is closed. */
export function openTunnel(
  stream: Duplex,
  destination: Destination,
  proxy: Proxy,
  limitMs: number,
  signal: AbortSignal,
): Promise<Tunnel> {
  const connect = proxy.protocol === 'socks5' ? socksTunnel : connectTunnel
  return connect(stream, destination, proxy, limitMs, signal)
}

/** CONNECT, RFC 9110 §9.3.6. */
async function connectTunnel(
  stream: Duplex,
  destination: Destination,
  proxy: Proxy,
  limitMs: number,
  signal: AbortSignal,
): Promise<Tunnel> {
  const connection = new BufferedConnection(stream)
  const name = authority(destination.host, destination.port)
  const request = { method: 'CONNECT', path: name, host: name, headers: proxyHeaders(proxy) }
  const outcome = await requestHttp1(connection, request, limitMs, signal)
  if (outcome.kind === 'http' && outcome.response.status >= 200 && outcome.response.status < 300)
    return releaseStream(connection, stream)
  connection.close()
  if (outcome.kind === 'http') return { kind: 'responded', response: outcome.response }
  if (outcome.kind === 'bytes')
    return { kind: 'failed', detail: `not an HTTP proxy: it looks like ${looksLike(outcome.bytes)}` }
  if (outcome.reason.kind === 'timeout')
    return { kind: 'timeout', detail: `no response to CONNECT within ${limitMs / 1_000} s` }
  return { kind: 'failed', detail: 'the proxy closed the connection without a response to CONNECT' }
}

async function socksTunnel(
  stream: Duplex,
  destination: Destination,
  proxy: Proxy,
  limitMs: number,
  signal: AbortSignal,
): Promise<Tunnel> {
  const connection = new BufferedConnection(stream)
  const outcome = await requestSocks5(connection, destination, proxy.login, limitMs, signal)
  if (outcome.kind === 'open') return releaseStream(connection, stream)
  connection.close()
  return outcome
}

/** Detaches the buffer from the stream, so that the next protocol reads it from the first byte after the handshake. */
function releaseStream(connection: BufferedConnection, stream: Duplex): Tunnel {
  const early = Buffer.from(connection.pending)
  stream.removeAllListeners('data').removeAllListeners('end').pause()
  if (early.length > 0) stream.unshift(early)
  return { kind: 'open', stream, proxyTls: undefined }
}
