import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { noProxyEntry } from '../../lib/rules/go-proxy.ts'
import { bareHost } from './addresses.ts'
import type { Facts, HttpResponse, TcpFacts } from './facts.ts'
import type { OpenedConnection } from './hold/held-connection.ts'
import { addressesIn } from './judge/dns.ts'
import { confirmLimitMs, endpointLimitMs, tlsLimitMs } from './limits.ts'
import { hostHeader } from './protocols/http.ts'
import { offeredProtocols, usesGetRequests } from './protocols/protocols.ts'
import { type NoProxyMiss, noProxyMiss } from './proxy/no-proxy.ts'
import { chooseProxy, type ProxyChoice, proxyFor } from './proxy/proxy-choice.ts'
import { type ConnectFailure, connectThroughProxy, type Route, reopen } from './proxy/route.ts'
import { resolveName } from './stages/dns.ts'
import { proxyHeaders, type Tunnel } from './stages/proxy.ts'
import { openSocket } from './stages/tcp.ts'
import { type HandshakeResult, handshake } from './stages/tls.ts'
import type { ProbeContext, Target } from './target.ts'
import type { Roots } from './tls/roots.ts'
import { get } from './transport/get.ts'
import { runningNow, TimedOut, withTimeout } from './transport/time-limit.ts'

const minimumMs = 100
/** "Connection not allowed by ruleset", RFC 1928 §6. */
export const socksDenied = 2

/** The connections of one endpoint: the one that its stages build layer by layer, and those of follow-up checks. */
export class Connector {
  readonly proxyChoice: ProxyChoice
  readonly #target: Target
  readonly #context: ProbeContext
  readonly #roots: Roots
  #endsAt = runningNow() + endpointLimitMs
  readonly #streams = new Set<Duplex>()
  #stream: Duplex | undefined
  /** The address that accepted a TCP connection: the destination's, or its proxy's. */
  #openAddress: TcpFacts['connected']

  constructor(target: Target, context: ProbeContext, roots: Roots) {
    this.proxyChoice = proxyFor(target, context.proxies)
    this.#target = target
    this.#context = context
    this.#roots = roots
  }

  /** What is left of the endpoint's time limit; at least enough to fail in an orderly way. */
  get endpointTimeLeftMs(): number {
    return Math.max(minimumMs, this.#endsAt - runningNow())
  }
  /** The same, for one stage. */
  get stageTimeLeftMs(): number {
    return Math.min(this.endpointTimeLeftMs, tlsLimitMs)
  }
  get port(): number {
    return this.proxyChoice.kind === 'proxy' ? this.proxyChoice.port : this.#target.port
  }
  get host(): string {
    return this.proxyChoice.kind === 'proxy' ? this.proxyChoice.host : this.#target.host
  }
  /** The application protocols that the component offers. */
  get alpn(): readonly string[] {
    return this.#handshakeOptions().alpn
  }
  get stream(): Duplex {
    if (this.#stream === undefined) throw new Error('a stage was reached without a connection')
    return this.#stream
  }

  async connect(addresses: readonly string[], signal: AbortSignal): Promise<TcpFacts> {
    const { facts, socket } = await openSocket(addresses, this.port, signal)
    this.#stream = socket === undefined ? undefined : this.#track(socket)
    this.#openAddress = facts.connected
    return facts
  }

  /** Opens a tunnel through the endpoint's proxy, on the current connection. */
  async tunnel(signal: AbortSignal): Promise<Tunnel> {
    if (this.proxyChoice.kind !== 'proxy') throw new Error('this endpoint uses no proxy')
    const tunnel = await connectThroughProxy(this.stream, this.proxyChoice, this.#route(), signal, this.stageTimeLeftMs)
    if (tunnel.kind === 'open') this.#stream = this.#track(tunnel.stream)
    return tunnel
  }

  /** Starts TLS on the current connection. */
  async handshake(signal: AbortSignal): Promise<HandshakeResult['facts']> {
    const { facts, socket } = await handshake(this.stream, this.#handshakeOptions(), signal, this.stageTimeLeftMs)
    if (socket !== undefined) this.#stream = this.#track(socket)
    return facts
  }

  /** Another connection over the same route, without TLS; undefined when it fails. */
  async reconnect(signal: AbortSignal): Promise<Duplex | undefined> {
    const connection = await this.tryReconnect(signal)
    return 'failure' in connection ? undefined : connection
  }

  /** The same, with the kind of its failure. */
  async tryReconnect(signal: AbortSignal): Promise<Duplex | ConnectFailure> {
    if (this.#openAddress === undefined) return { failure: 'other' }
    const proxy = this.proxyChoice.kind === 'proxy' ? this.proxyChoice : undefined
    const { address } = this.#openAddress
    const connection = await reopen({ ...this.#route(), address, port: this.port, proxy }, signal)
    return 'failure' in connection ? connection : this.#track(connection)
  }

  /** Another connection over the same route, with TLS where the endpoint has it; undefined when it fails. */
  async reconnectSecured(signal: AbortSignal): Promise<Duplex | undefined> {
    return (await this.reconnectObserved(signal))?.stream
  }

  /** The same, with the stream between TCP and TLS. `alpn`: offered in place of what the component offers. */
  async reconnectObserved(signal: AbortSignal, alpn = this.alpn): Promise<OpenedConnection | undefined> {
    const stream = await this.reconnect(signal)
    if (stream === undefined) return undefined
    if (!this.#target.tls) return { stream, observed: undefined }
    const options = { ...this.#handshakeOptions(), alpn }
    const { socket, observed } = await handshake(stream, options, signal, this.stageTimeLeftMs)
    return socket === undefined ? undefined : { stream: this.#track(socket), observed }
  }

  /** Another connection to the server with this key, for credentials; undefined when it is not verified. */
  async reconnectVerified(keySha256: string, signal: AbortSignal): Promise<Duplex | undefined> {
    const stream = await this.reconnect(signal)
    if (stream === undefined || !this.#target.tls) return undefined
    const { facts, socket } = await handshake(stream, this.#handshakeOptions(), signal, this.stageTimeLeftMs)
    if (socket === undefined) return undefined
    const isSameKey = facts.kind === 'established' && keySha256 !== '' && facts.chain[0]?.keySha256 === keySha256
    if (isSameKey && facts.trusted.byTarget && facts.nameError === '') return this.#track(socket)
    socket.destroy()
    return undefined
  }

  /** Extends the endpoint's time limit, for deep checks. */
  extend(durationMs: number): void {
    this.#endsAt = Math.max(this.#endsAt, runningNow()) + durationMs
  }

  /** The response to a GET without any credential, on a connection that is not trusted. */
  async getUnverified(open: () => Promise<Duplex | undefined>, signal: AbortSignal): Promise<HttpResponse | undefined> {
    const response = await withTimeout(confirmLimitMs, signal, async (limit) => {
      const stream = await open()
      if (stream === undefined) return undefined
      const request = { path: this.#target.path ?? '/', host: hostHeader(this.#target) }
      const outcome = await get(stream, request, confirmLimitMs, limit)
      return outcome.kind === 'http' ? outcome.response : undefined
    })
    return response === TimedOut ? undefined : response
  }

  /** Whether the proxy, which denied the endpoint's port, allows port 443 of the same host. */
  async allows443(signal: AbortSignal): Promise<'allowed' | 'refused' | 'unknown'> {
    const { proxyChoice } = this
    const openAddress = this.#openAddress
    if (openAddress === undefined || proxyChoice.kind !== 'proxy') return 'unknown'
    const route = { ...this.#route(), destination: { ...this.#route().destination, port: 443 } }
    const tunnel = await withTimeout(confirmLimitMs, signal, async (limit) => {
      const { address } = openAddress
      const connection = await reopen({ ...route, address, port: this.port, proxy: undefined }, limit)
      if ('failure' in connection) return undefined
      return await connectThroughProxy(this.#track(connection), proxyChoice, route, limit, confirmLimitMs)
    })
    if (tunnel === TimedOut || tunnel === undefined) return 'unknown'
    if (tunnel.kind === 'open') return 'allowed'
    // A proxy that could not reach the destination allowed it.
    if (tunnel.kind === 'responded') return [502, 503, 504].includes(tunnel.response.status) ? 'allowed' : 'refused'
    if (tunnel.kind === 'refused') return tunnel.reply === socksDenied ? 'refused' : 'allowed'
    return 'unknown'
  }

  /** Whether a proxy of the environment that the component does not use for this reaches the destination; undefined without one. */
  async proxyWouldReach(signal: AbortSignal): Promise<Facts['proxyWouldReach']> {
    const { host, port, tls, proxy } = this.#target
    const { proxies } = this.#context
    const unused = proxy === 'none' ? 'ignored' : 'unset'
    // For TLS, a proxy that is set for HTTP alone is not used.
    const isForHttpAlone = tls && proxies.httpsProxy === '' && proxies.httpProxy !== ''
    if (unused === 'unset' && !(isForHttpAlone && this.#target.pac === undefined)) return undefined
    const choice = chooseProxy(host, port, unused === 'unset' ? false : tls, proxies)
    if (choice.kind !== 'proxy') return undefined
    const reached = await withTimeout(confirmLimitMs, signal, async (limit) => {
      const addresses = addressesIn(await resolveName(choice.host, this.#context.resolver, limit))
      const { socket } = await openSocket(addresses, choice.port, limit)
      if (socket === undefined) return false
      this.#track(socket)
      const tunnel = await connectThroughProxy(socket, choice, this.#route(), limit, confirmLimitMs)
      socket.destroy()
      return tunnel.kind === 'open'
    })
    return { name: choice.name, reached: reached === true, unused }
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy()
    this.#streams.clear()
    this.#stream = undefined
  }

  /** Whether the proxy forwards whole requests instead of opening a tunnel, as it does for HTTP without TLS. */
  get forwards(): boolean {
    const { proxyChoice } = this
    const isHttpProxy = proxyChoice.kind === 'proxy' && proxyChoice.protocol === 'http'
    return isHttpProxy && !this.#target.tls && usesGetRequests(this.#target)
  }

  /** What a request to a forwarding proxy has in addition (RFC 9112 §3.2.2); undefined without such a proxy. */
  get absoluteForm(): { readonly prefix: string; readonly headers: Readonly<Record<string, string>> } | undefined {
    const { proxyChoice } = this
    if (proxyChoice.kind !== 'proxy' || !this.forwards) return undefined
    return { prefix: `http://${hostHeader(this.#target)}`, headers: proxyHeaders(proxyChoice) }
  }

  /** The address and port of the destination without its proxy, for information. Reports twice: after DNS and after TCP. */
  async inspectDirect(signal: AbortSignal, report: (direct: NonNullable<Facts['direct']>) => void): Promise<void> {
    const dns = await resolveName(this.#target.host, this.#context.resolver, signal)
    report({ dns })
    const addresses = addressesIn(dns)
    if (addresses.length === 0) return
    const { facts: tcp, socket } = await openSocket(addresses, this.#target.port, signal)
    socket?.destroy()
    report({ dns, tcp })
  }

  /** The entry of NO_PROXY with one of the addresses of a host that is written as a name. */
  noProxyRange(addresses: readonly string[]): string | undefined {
    const { host, port } = this.#target
    if (this.proxyChoice.kind !== 'proxy' || isIP(bareHost(host)) !== 0) return undefined
    return addresses
      .map((address) => noProxyEntry(address, port, this.#context.proxies.noProxy))
      .find((entry) => entry !== undefined)
  }

  /** The entry of NO_PROXY that means the host and does not apply to it. */
  noProxyMiss(): NoProxyMiss | undefined {
    const { host, port } = this.#target
    return this.proxyChoice.kind === 'proxy'
      ? noProxyMiss(bareHost(host), port, this.#context.proxies.noProxy)
      : undefined
  }

  #route(): Pick<Route, 'destination' | 'forwards' | 'client' | 'roots'> {
    const { host, port } = this.#target
    const client = this.#target
    return { destination: { host: bareHost(host), port }, forwards: this.forwards, client, roots: this.#roots }
  }

  #handshakeOptions(): Parameters<typeof handshake>[1] {
    const { serverName } = this.#target
    return { target: this.#target, serverName, alpn: offeredProtocols(this.#target), roots: this.#roots }
  }

  #track(stream: Duplex): Duplex {
    // Without a listener, an error of the stream would end the program.
    stream.on('error', () => undefined)
    this.#streams.add(stream)
    return stream
  }
}
