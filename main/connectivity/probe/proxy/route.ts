import type { Duplex } from 'node:stream'
import type { TlsFacts } from '../facts.ts'
import { proxyLimitMs } from '../limits.ts'
import { openTunnel, type Tunnel } from '../stages/proxy.ts'
import { handshake } from '../stages/tls.ts'
import type { Destination, Target } from '../target.ts'
import type { Roots } from '../tls/roots.ts'
import { dial, dialOutcome } from '../transport/dial.ts'
import type { ProxyChoice } from './proxy-choice.ts'

type Proxy = Extract<ProxyChoice, { kind: 'proxy' }>

/** The route to a destination that accepted a connection: an address, and its proxy where there is one. */
export interface Route {
  readonly address: string
  readonly port: number
  readonly proxy: Proxy | undefined
  readonly destination: Destination
  /** The proxy forwards whole requests, without a tunnel. */
  readonly forwards: boolean
  /** Programs have one set of roots, and one TLS library, for the proxy and the destination (Go's TLSClientConfig). */
  readonly client: Pick<Target, 'trust' | 'runtime'>
  readonly roots: Roots
}

/** Connects to the destination through the proxy that an open connection leads to. */
export async function connectThroughProxy(
  stream: Duplex,
  proxy: Proxy,
  { destination, forwards, client, roots }: Pick<Route, 'destination' | 'forwards' | 'client' | 'roots'>,
  signal: AbortSignal,
  limitMs = proxyLimitMs,
): Promise<Tunnel> {
  const secured = proxy.tls ? await secure(stream, proxy, client, roots, signal, limitMs) : { stream, tls: undefined }
  if (secured.stream === undefined) {
    const { tls } = secured
    return tls.kind === 'established' ? { kind: 'bad-tls', tls } : { kind: 'failed', detail: proxyTlsProblem(tls) }
  }
  if (forwards) return { kind: 'open', stream: secured.stream, proxyTls: secured.tls }
  const tunnel = await openTunnel(secured.stream, destination, proxy, limitMs, signal)
  return tunnel.kind === 'open' ? { ...tunnel, proxyTls: secured.tls } : tunnel
}

/** TLS with the proxy itself. */
async function secure(
  stream: Duplex,
  proxy: Proxy,
  client: Route['client'],
  roots: Roots,
  signal: AbortSignal,
  limitMs: number,
): Promise<
  { readonly stream: Duplex; readonly tls: TlsFacts } | { readonly stream: undefined; readonly tls: TlsFacts }
> {
  const target = { ...client, clientCertificate: undefined }
  const { facts, socket } = await handshake(
    stream,
    { target, serverName: proxy.host, alpn: [], roots },
    signal,
    limitMs,
  )
  if (socket !== undefined && proxyTlsProblem(facts) === '') return { stream: socket, tls: facts }
  socket?.destroy()
  return { stream: undefined, tls: facts }
}

/** Why a proxy's own certificate is not valid; empty when it is. Such a proxy gets no user name or password. Pure. */
export function proxyTlsProblem(tls: TlsFacts): string {
  if (tls.kind === 'none') return ''
  if (tls.kind === 'failed')
    return tls.outcome === 'not-tls'
      ? `the proxy does not use TLS; it sent ${tls.firstBytes}: is it an http:// proxy?`
      : `the TLS handshake with the proxy failed (${tls.outcome}${tls.code === '' ? '' : `: ${tls.code}`})`
  if (!tls.trusted.byTarget)
    return `the proxy’s certificate is not trusted: ${tls.chainFault?.certificate ?? ''}: ${tls.chainFault?.message ?? 'no path to a trusted root'}`
  if (tls.at > tls.validTo) return `the proxy’s certificate expired ${new Date(tls.validTo).toISOString()}`
  if (tls.at < tls.validFrom)
    return `the proxy’s certificate is valid only from ${new Date(tls.validFrom).toISOString()}`
  return tls.nameError
}

/** Another connection over the same route, or the kind of its failure. */
export async function reopen(route: Route, signal: AbortSignal): Promise<Duplex | ConnectFailure> {
  const { address, port, proxy } = route
  try {
    const socket = await dial(address, port, signal)
    if (proxy === undefined) return socket
    const tunnel = await connectThroughProxy(socket, proxy, route, signal)
    return tunnel.kind === 'open' ? tunnel.stream : { failure: 'other' }
  } catch (error) {
    signal.throwIfAborted()
    return { failure: dialOutcome(error).outcome === 'reset' ? 'reset' : 'other' }
  }
}

/** `reset`: the connection was reset before anything was sent on it. */
export interface ConnectFailure {
  readonly failure: 'reset' | 'other'
}
