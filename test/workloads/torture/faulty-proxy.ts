import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import { Agent, createServer, request } from 'node:https'
import { type AddressInfo, connect, createServer as createRelay, type Socket } from 'node:net'
import { json, statusObject } from '../../clusters/api-server.ts'
import { makeCertificates } from '../../clusters/certificates.ts'
import { pick } from './random.ts'

/** What the proxy does to an open watch, or to the next request of a kind. */
export const faults = ['reset', 'midLine', 'halfOpen', 'expired', 'statusWithoutCode', 'expiredPage', 'busy'] as const
type Fault = (typeof faults)[number]

/** How the proxy connects: as an administrator, or acting for another user. */
export interface Upstream {
  readonly server: string
  readonly ca: string
  readonly cert: string
  readonly key: string
  readonly user?: string
}

interface Watch {
  readonly response: ServerResponse
  isSilent: boolean
  isCutNext: boolean
}

/** Pages are this small on the way to the API server, so that few objects are many pages. */
const pageSize = 5

/** Stands between a client and an API server, breaks watches and requests on demand, and counts lists. */
export class FaultyProxy {
  readonly #upstream: Upstream
  readonly #isMultiplexed: boolean
  readonly #agent: Agent
  readonly #watches = new Set<Watch>()
  /** Connections of the client, each with its continuation. */
  readonly #sockets = new Map<Socket, Socket>()
  readonly #close: () => Promise<void>
  readonly url: string
  readonly ca: string
  #pendingBusy = 0
  #pendingExpiredPages = 0
  #listing = 0
  /** Lists so far, without their later pages. */
  lists = 0
  mostListsAtOnce = 0
  mostWatches = 0
  /** Faults so far, by kind. */
  readonly done = new Map<Fault, number>()

  /** `isMultiplexed`: offers HTTP/2, as the API server does. A half-open connection then has many watches. */
  static async start(upstream: Upstream, isMultiplexed: boolean): Promise<FaultyProxy> {
    const tls = await makeCertificates()
    const { cert, key } = tls.server
    const multiplexed = { cert, key, allowHTTP1: true, settings: { maxConcurrentStreams: 100 } }
    const server = isMultiplexed ? createSecureServer(multiplexed) : createServer({ cert, key, keepAlive: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port: onward } = server.address() as AddressInfo // of a TCP server
    const relay = createRelay((client) => {
      const far = connect(onward, '127.0.0.1')
      proxy.#sockets.set(client, far)
      client.on('close', () => proxy.#sockets.delete(client)).on('error', () => undefined)
      far.on('error', () => undefined)
      client.pipe(far).on('close', () => client.destroy())
      far.pipe(client).on('close', () => far.destroy())
    })
    relay.listen(0, '127.0.0.1')
    await once(relay, 'listening')
    const { port } = relay.address() as AddressInfo // of a TCP server
    const proxy = new FaultyProxy(upstream, isMultiplexed, `https://127.0.0.1:${port}`, tls.ca, async () => {
      proxy.resetAll()
      await Promise.all([server, relay].map((each) => new Promise<void>((resolve) => each.close(() => resolve()))))
    })
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => proxy.#forward(incoming, response))
    return proxy
  }

  private constructor(upstream: Upstream, isMultiplexed: boolean, url: string, ca: string, close: () => Promise<void>) {
    this.#upstream = upstream
    this.#isMultiplexed = isMultiplexed
    this.url = url
    this.ca = ca
    this.#close = close
    const { ca: upstreamCa, cert, key } = upstream
    this.#agent = new Agent({ ca: upstreamCa, cert, key, keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  }

  /** Does one thing; false where there is nothing to do it to. */
  strike(fault: Fault, random: () => number): boolean {
    if (fault === 'busy') this.#pendingBusy += 1
    else if (fault === 'expiredPage') this.#pendingExpiredPages += 1
    else {
      const watch = pick(
        [...this.#watches].filter(({ isSilent }) => !isSilent),
        random,
      )
      if (watch === undefined) return false
      this.#break(watch, fault)
    }
    this.done.set(fault, (this.done.get(fault) ?? 0) + 1)
    return true
  }

  #break(watch: Watch, fault: Exclude<Fault, 'busy' | 'expiredPage'>): void {
    const { response } = watch
    if (fault === 'halfOpen') this.#silence(watch)
    else if (fault === 'midLine') watch.isCutNext = true
    else if (fault === 'reset') this.#reset(response)
    else {
      const status = { ...statusObject(410, 'Expired', 'too old resource version'), kind: 'Status' }
      const object = fault === 'expired' ? status : { ...status, code: undefined }
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`)
    }
  }

  #reset(response: ServerResponse): void {
    if (this.#isMultiplexed) response.destroy()
    else response.socket?.destroy()
  }

  /** With HTTP/2, a connection is half-open with all of its watches. */
  #silence(watch: Watch): void {
    if (this.#isMultiplexed) this.#silenceConnection(pick([...this.#sockets.keys()], Math.random))
    else watch.isSilent = true
  }

  /** Every connection at once. */
  resetAll(): void {
    for (const socket of this.#sockets.keys()) socket.destroy()
  }

  /** Without those that are half-open. */
  get openWatches(): number {
    return this.#watches
      .values()
      .filter(({ isSilent }) => !isSilent)
      .toArray().length
  }

  /** Every open watch becomes half-open: nothing arrives any more, and nothing ends. */
  silenceAll(): void {
    for (const watch of this.#watches) watch.isSilent = true
    if (this.#isMultiplexed) for (const socket of this.#sockets.keys()) this.#silenceConnection(socket)
  }

  #silenceConnection(client: Socket | undefined): void {
    if (client === undefined) return
    client.unpipe().resume()
    this.#sockets.get(client)?.unpipe().resume()
  }

  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    const url = new URL(incoming.url ?? '/', 'https://proxy')
    const isList = incoming.method === 'GET' && /\/(v[^/]+|namespaces\/[^/]+)\/[a-z]+$/.test(url.pathname)
    const isWatch = url.searchParams.has('watch')
    const isLaterPage = url.searchParams.has('continue')
    response.on('error', () => undefined)
    if (isList && !isWatch) {
      if (!isLaterPage) this.lists += 1
      this.#listing += 1
      this.mostListsAtOnce = Math.max(this.mostListsAtOnce, this.#listing)
      response.on('close', () => {
        this.#listing -= 1
      })
      url.searchParams.set('limit', `${pageSize}`)
    }
    if (isLaterPage && this.#pendingExpiredPages > 0) {
      this.#pendingExpiredPages -= 1
      json(response, 410, statusObject(410, 'Expired', 'The provided continue parameter is too old'))
    } else if (isList && this.#pendingBusy > 0) {
      this.#pendingBusy -= 1
      response.setHeader('retry-after', '1')
      json(response, 429, statusObject(429, 'TooManyRequests', 'Too many requests'))
    } else {
      this.#send(incoming, `${url.pathname}${url.search}`, response, isWatch)
    }
  }

  #send(incoming: IncomingMessage, path: string, response: ServerResponse, isWatch: boolean): void {
    const { server, user } = this.#upstream
    const acting = user === undefined ? {} : { 'impersonate-user': user }
    const { 'accept-encoding': _none, host: _proxy, connection: _hop, ...all } = incoming.headers
    const headers = Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith(':')))
    const onward = request(
      new URL(path, server),
      { method: incoming.method, headers: { ...headers, ...acting }, agent: this.#agent },
      (answer) => {
        const { connection: _none, 'transfer-encoding': _chunked, 'keep-alive': _kept, ...received } = answer.headers
        response.writeHead(answer.statusCode ?? 502, received)
        response.flushHeaders()
        answer.on('error', () => response.destroy())
        if (isWatch && answer.statusCode === 200) this.#relay(answer, response)
        else answer.pipe(response)
      },
    )
    // The API server is down: the client sees a connection that breaks.
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    incoming.pipe(onward)
  }

  #relay(answer: IncomingMessage, response: ServerResponse): void {
    const watch: Watch = { response, isSilent: false, isCutNext: false }
    this.#watches.add(watch)
    this.mostWatches = Math.max(this.mostWatches, this.#watches.size)
    response.on('close', () => this.#watches.delete(watch))
    answer.on('data', (chunk: Buffer) => {
      if (watch.isSilent || response.writableEnded) return
      if (watch.isCutNext) response.end(chunk.subarray(0, Math.ceil(chunk.length / 2)))
      else response.write(chunk)
    })
    answer.on('end', () => {
      if (!watch.isSilent) response.end()
    })
  }

  async close(): Promise<void> {
    this.#agent.destroy()
    await this.#close()
  }
}
