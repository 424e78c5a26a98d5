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
  /** TLS with the proxy itself is not to be trusted, or did not come about. */
  | { readonly kind: 'bad-tls'; readonly tls: TlsFacts }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'timeout'; readonly detail: string }

/** What a proxy is told of who asks; empty when its URL names nobody. */
export const proxyHeaders = ({ login }: Pick<Proxy, 'login'>): Readonly<Record<string, string>> =>
  login === undefined
    ? {}
    : { 'Proxy-Authorization': `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` }

/** Asks a proxy for a way to the destination. The stream is the caller's if it is open, and gone if not. */
export function openTunnel(
  stream: Duplex,
  destination: Destination,
  proxy: Proxy,
  limitMs: number,
  signal: AbortSignal,
): Promise<Tunnel> {
  const ask = proxy.protocol === 'socks5' ? socksTunnel : connectTunnel
  return ask(stream, destination, proxy, limitMs, signal)
}

/** CONNECT, RFC 9110 §9.3.6. */
async function connectTunnel(
  stream: Duplex,
  destination: Destination,
  proxy: Proxy,
  limitMs: number,
  signal: AbortSignal,
): Promise<Tunnel> {
  const channel = new BufferedConnection(stream)
  const name = authority(destination.host, destination.port)
  const request = { method: 'CONNECT', path: name, host: name, headers: proxyHeaders(proxy) }
  const outcome = await requestHttp1(channel, request, limitMs, signal)
  if (outcome.kind === 'http' && outcome.response.status >= 200 && outcome.response.status < 300)
    return releaseStream(channel, stream)
  channel.close()
  if (outcome.kind === 'http') return { kind: 'responded', response: outcome.response }
  if (outcome.kind === 'bytes')
    return { kind: 'failed', detail: `it is no HTTP proxy: what it sent looks like ${looksLike(outcome.bytes)}` }
  if (outcome.reason.kind === 'timeout')
    return { kind: 'timeout', detail: `took the request and gave no answer in ${limitMs / 1_000} s` }
  return { kind: 'failed', detail: 'it closed the connection without an answer to CONNECT' }
}

async function socksTunnel(
  stream: Duplex,
  destination: Destination,
  proxy: Proxy,
  limitMs: number,
  signal: AbortSignal,
): Promise<Tunnel> {
  const channel = new BufferedConnection(stream)
  const said = await requestSocks5(channel, destination, proxy.login, limitMs, signal)
  if (said.kind === 'open') return releaseStream(channel, stream)
  channel.close()
  if (said.kind === 'refuses-login') return { kind: 'refused-login', sentCredentials: said.sentCredentials }
  return said.kind === 'refuses' ? { kind: 'refused', reply: said.reply } : said
}

/** Whoever speaks next reads anew, from what has come too early on. */
function releaseStream(channel: BufferedConnection, stream: Duplex): Tunnel {
  const early = Buffer.from(channel.pending)
  stream.removeAllListeners('data').removeAllListeners('end').pause()
  if (early.length > 0) stream.unshift(early)
  return { kind: 'open', stream, proxyTls: undefined }
}
