import type { Duplex } from 'node:stream'
import { bareHost } from './addresses.ts'
import type { Facts, HttpResponse, TcpFacts } from './facts.ts'
import type { OpenedConnection } from './hold/held-connection.ts'
import { addressesIn } from './judge/dns.ts'
import { confirmLimitMs, rowLimitMs, tlsLimitMs } from './limits.ts'
import { hostHeader } from './protocols/http.ts'
import { protocolClients, usesGetRequests } from './protocols/protocols.ts'
import { chooseProxy, type ProxyChoice, proxyFor } from './proxy/proxy-choice.ts'
import { type ConnectFailure, connectThroughProxy, type Route, reopen } from './proxy/route.ts'
import { resolveName } from './stages/dns.ts'
import { proxyHeaders, type Tunnel } from './stages/proxy.ts'
import { openSocket } from './stages/tcp.ts'
import { type HandshakeResult, handshake } from './stages/tls.ts'
import type { ProbeContext, Target } from './target.ts'
import type { Roots } from './tls/roots.ts'
import { BufferedConnection } from './transport/buffered-connection.ts'
import { requestHttp1 } from './transport/http1.ts'
import { TimedOut, withTimeout } from './transport/time-limit.ts'

const minimumMs = 100
/** "Connection not allowed by ruleset", RFC 1928 §6. */
export const socksDenied = 2

/** One row's connections: the one that the stages build layer by layer, and those of second looks. */
export class Connector {
  readonly proxyChoice: ProxyChoice
  readonly #target: Target
  readonly #context: ProbeContext
  readonly #roots: Roots
  #endsAt = performance.now() + rowLimitMs
  readonly #streams = new Set<Duplex>()
  #stream: Duplex | undefined
  /** The address that TCP found open: the destination's, or its proxy's. */
  #openAddress: TcpFacts['connected']

  constructor(target: Target, context: ProbeContext, roots: Roots) {
    this.proxyChoice = proxyFor(target, context.proxies)
    this.#target = target
    this.#context = context
    this.#roots = roots
  }

  /** What is left of the row's time; at least enough to fail in an orderly way. */
  get rowLeftMs(): number {
    return Math.max(minimumMs, this.#endsAt - performance.now())
  }
  /** The same, for one stage. */
  get leftMs(): number {
    return Math.min(this.rowLeftMs, tlsLimitMs)
  }
  get port(): number {
    return this.proxyChoice.kind === 'proxy' ? this.proxyChoice.port : this.#target.port
  }
  get host(): string {
    return this.proxyChoice.kind === 'proxy' ? this.proxyChoice.host : this.#target.host
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

  /** Through the proxy that the row goes through. */
  async tunnel(signal: AbortSignal): Promise<Tunnel> {
    if (this.proxyChoice.kind !== 'proxy') throw new Error('this row goes through no proxy')
    const tunnel = await connectThroughProxy(this.stream, this.proxyChoice, this.#route(), signal, this.leftMs)
    if (tunnel.kind === 'open') this.#stream = this.#track(tunnel.stream)
    return tunnel
  }

  async handshake(signal: AbortSignal): Promise<HandshakeResult['facts']> {
    const { facts, socket } = await handshake(this.stream, this.#handshake(), signal, this.leftMs)
    if (socket !== undefined) this.#stream = this.#track(socket)
    return facts
  }

  /** One more connection over the same way, without TLS; undefined when it does not come about. */
  async reconnect(signal: AbortSignal): Promise<Duplex | undefined> {
    const made = await this.tryReconnect(signal)
    return 'failure' in made ? undefined : made
  }

  /** The same, telling how it did not come about. */
  async tryReconnect(signal: AbortSignal): Promise<Duplex | ConnectFailure> {
    if (this.#openAddress === undefined) return { failure: 'other' }
    const proxy = this.proxyChoice.kind === 'proxy' ? this.proxyChoice : undefined
    const place = { address: this.#openAddress.address, port: this.port }
    const made = await reopen({ ...this.#route(), ...place, proxy }, signal)
    return 'failure' in made ? made : this.#track(made)
  }

  async reconnectSecured(signal: AbortSignal): Promise<Duplex | undefined> {
    return (await this.reconnectObserved(signal))?.stream
  }

  /** The same, with what sits between TCP and TLS. */
  async reconnectObserved(signal: AbortSignal): Promise<OpenedConnection | undefined> {
    const stream = await this.reconnect(signal)
    if (stream === undefined || !this.#target.tls)
      return stream === undefined ? undefined : { stream, observed: undefined }
    const { socket, observed } = await handshake(stream, this.#handshake(), signal, this.leftMs)
    return socket === undefined ? undefined : { stream: this.#track(socket), observed }
  }

  /** One more connection to whoever has this key, for what must not be shown to anyone else; undefined: not proven. */
  async reconnectVerified(keySha256: string, signal: AbortSignal): Promise<Duplex | undefined> {
    const stream = await this.reconnect(signal)
    if (stream === undefined || !this.#target.tls) return undefined
    const { facts, socket } = await handshake(stream, this.#handshake(), signal, this.leftMs)
    if (socket === undefined) return undefined
    const same = facts.kind === 'established' && keySha256 !== '' && facts.chain[0]?.keySha256 === keySha256
    if (same && facts.trusted.byTarget && facts.nameError === '') return this.#track(socket)
    socket.destroy()
    return undefined
  }

  /** Gives the row more time, for what a person asked to take longer. */
  extend(durationMs: number): void {
    this.#endsAt = Math.max(this.#endsAt, performance.now()) + durationMs
  }

  /** What a connection that is not to be trusted answers to a plain GET with nothing in it. */
  async getUnverified(open: () => Promise<Duplex | undefined>, signal: AbortSignal): Promise<HttpResponse | undefined> {
    const seen = await withTimeout(confirmLimitMs, signal, async (limit) => {
      const stream = await open()
      if (stream === undefined) return undefined
      const channel = new BufferedConnection(stream)
      const request = { method: 'GET', path: this.#target.path ?? '/', host: hostHeader(this.#target) }
      const outcome = await requestHttp1(channel, request, confirmLimitMs, limit)
      channel.close()
      return outcome.kind === 'http' ? outcome.response : undefined
    })
    return seen === TimedOut ? undefined : seen
  }

  /** Whether the proxy, which refused the port of the row, lets the same host pass on 443. */
  async allows443(signal: AbortSignal): Promise<'allowed' | 'refused' | 'unknown'> {
    const { proxyChoice: choice } = this
    const found = this.#openAddress
    if (found === undefined || choice.kind !== 'proxy') return 'unknown'
    const route = { ...this.#route(), destination: { ...this.#route().destination, port: 443 } }
    const tunnel = await withTimeout(confirmLimitMs, signal, async (limit) => {
      const place = { address: found.address, port: this.port, proxy: undefined }
      const stream = await reopen({ ...route, ...place }, limit)
      if ('failure' in stream) return undefined
      return await connectThroughProxy(this.#track(stream), choice, route, limit, confirmLimitMs)
    })
    if (tunnel === TimedOut || tunnel === undefined) return 'unknown'
    if (tunnel.kind === 'open') return 'allowed'
    // It tried and did not get there: it was let through all the same.
    if (tunnel.kind === 'responded') return [502, 503, 504].includes(tunnel.response.status) ? 'allowed' : 'refused'
    if (tunnel.kind === 'refused') return tunnel.reply === socksDenied ? 'refused' : 'allowed'
    return 'unknown'
  }

  /** For a component that ignores the proxy of the environment: would the proxy get there? Undefined: there is none. */
  async proxyWouldReach(
    signal: AbortSignal,
  ): Promise<{ readonly name: string; readonly reached: boolean } | undefined> {
    const { host, port, tls, proxy } = this.#target
    const choice = proxy === 'none' ? chooseProxy(host, port, tls, this.#context.proxies) : undefined
    if (choice?.kind !== 'proxy') return undefined
    const reached = await withTimeout(confirmLimitMs, signal, async (limit) => {
      const addresses = addressesIn(await resolveName(choice.host, this.#context.resolver, limit))
      const { socket } = await openSocket(addresses, choice.port, limit)
      if (socket === undefined) return false
      this.#track(socket)
      const tunnel = await connectThroughProxy(socket, choice, this.#route(), limit, confirmLimitMs)
      socket.destroy()
      return tunnel.kind === 'open'
    })
    return { name: choice.name, reached: reached === true }
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy()
    this.#streams.clear()
    this.#stream = undefined
  }

  /** Whether the proxy is handed whole requests instead of being asked for a tunnel, as clients do with pages in the clear. */
  get forwards(): boolean {
    const { proxyChoice: choice } = this
    return choice.kind === 'proxy' && choice.protocol === 'http' && !this.#target.tls && usesGetRequests(this.#target)
  }

  /** What a request in the clear carries for the proxy that it is handed to; undefined: it is handed to none. */
  get absoluteForm(): { readonly prefix: string; readonly headers: Readonly<Record<string, string>> } | undefined {
    const { proxyChoice: choice } = this
    if (choice.kind !== 'proxy' || !this.forwards) return undefined
    return { prefix: `http://${hostHeader(this.#target)}`, headers: proxyHeaders(choice) }
  }

  /** The destination's own address and port, as they are from here: behind a proxy, for information alone. */
  async inspectDirect(signal: AbortSignal, learn: (direct: NonNullable<Facts['direct']>) => void): Promise<void> {
    const dns = await resolveName(this.#target.host, this.#context.resolver, signal)
    learn({ dns })
    const addresses = addressesIn(dns)
    if (addresses.length === 0) return
    const { facts: tcp, socket } = await openSocket(addresses, this.#target.port, signal)
    socket?.destroy()
    learn({ dns, tcp })
  }

  #route(): Pick<Route, 'destination' | 'forwards' | 'trust' | 'roots'> {
    const { host, port, trust } = this.#target
    return { destination: { host: bareHost(host), port }, forwards: this.forwards, trust, roots: this.#roots }
  }

  #handshake(): Parameters<typeof handshake>[1] {
    const { serverName, alpn, protocol } = this.#target
    return { target: this.#target, serverName, alpn: alpn ?? protocolClients[protocol].alpn, roots: this.#roots }
  }

  #track(stream: Duplex): Duplex {
    // What is cut while nobody reads it must not end the program.
    stream.on('error', () => undefined)
    this.#streams.add(stream)
    return stream
  }
}
