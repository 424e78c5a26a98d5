import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  connect as openSession,
} from 'node:http2'
import { type ConnectionOptions, connect as openTls, type TLSSocket } from 'node:tls'
import { Problem } from '../../../preload/contract/problem.ts'
import { orAbort } from './or-abort.ts'

/** The default of Go's server and of the API server; one that permits fewer says so. */
const streamsPerConnection = 100
/** More streams at once than these connections carry are a leak. */
const connectionsLimit = 24
export const multiplexedStreamsLimit = streamsPerConnection * connectionsLimit
/** client-go sends one after 30 s of silence, and waits 15 s. */
const pingEveryMs = 3_000
const pingLimitMs = 5_000
const connectLimitMs = 10_000
/** A stream whose reader pauses holds up no other: the connection has room for all of them. */
const streamWindowBytes = 256 * 1024
const connectionWindowBytes = streamsPerConnection * streamWindowBytes

export interface StreamOptions {
  /** Silence of the stream after which it ends with TIMED_OUT. 0: no limit. */
  readonly idleMs?: number
  /** The connection has answered a ping that was sent at this time, of `performance.now()`. */
  readonly onAlive?: (sentMs: number) => void
}

export interface StreamResponse {
  readonly statusCode: number
  readonly headers: IncomingHttpHeaders
  readonly body: AsyncIterable<Uint8Array> & { dump(): Promise<void> }
}

/** Many streams over few HTTP/2 connections, which pings prove to be alive. Errors are those of Node. */
export class MultiplexedStreams {
  readonly #origin: URL
  readonly #tls: ConnectionOptions
  readonly #connections = new Set<Connection>()
  #opening: Promise<Connection | undefined> | undefined
  #isClosing = false

  constructor(origin: URL, tls: ConnectionOptions) {
    this.#origin = origin
    this.#tls = tls
  }

  /** Undefined where the server does not speak HTTP/2. */
  async open(
    path: string,
    headers: Readonly<Record<string, string>>,
    options: StreamOptions,
    signal: AbortSignal,
  ): Promise<StreamResponse | undefined> {
    const connection = await this.#free(signal)
    return await connection?.open({ ...headers, ':method': 'GET', ':path': path }, options, signal)
  }

  async isAvailable(signal: AbortSignal): Promise<boolean> {
    return (await this.#free(signal)) !== undefined
  }

  /** A connection with room for a stream. One is opened at a time, so that the next requests share it. */
  async #free(signal: AbortSignal): Promise<Connection | undefined> {
    for (;;) {
      for (const connection of this.#connections) if (connection.hasRoom) return connection
      if (this.#connections.size >= connectionsLimit)
        throw new Problem('CLUSTER_BUSY', `More than ${multiplexedStreamsLimit} streams are open.`)
      this.#opening ??= this.#connect().finally(() => {
        this.#opening = undefined
      })
      if ((await orAbort(this.#opening, signal)) === undefined) return undefined
    }
  }

  async #connect(): Promise<Connection | undefined> {
    const socket = openTls({
      ...this.#tls,
      host: this.#origin.hostname.replace(/^\[|\]$/g, ''),
      port: Number(this.#origin.port || 443),
      ALPNProtocols: ['h2', 'http/1.1'],
    })
    socket.setKeepAlive(true, 30_000)
    try {
      await once(socket, 'secureConnect', { signal: AbortSignal.timeout(connectLimitMs) })
    } catch (error) {
      socket.destroy()
      throw error
    }
    if (socket.alpnProtocol !== 'h2') {
      socket.destroy()
      return undefined
    }
    const connection = await Connection.start(this.#origin, socket, () => this.#connections.delete(connection))
    if (this.#isClosing) connection.destroy()
    else this.#connections.add(connection)
    return connection
  }

  /** Lets the open streams end, and opens no more on their connections. */
  retire(): void {
    this.#isClosing = true
    for (const connection of this.#connections) connection.close()
    this.#connections.clear()
  }

  destroy(): void {
    this.#isClosing = true
    for (const connection of this.#connections) connection.destroy()
    this.#connections.clear()
  }
}

class Connection {
  readonly #session: ClientHttp2Session
  readonly #listeners = new Set<(sentMs: number) => void>()
  readonly #pinging: NodeJS.Timeout
  #streams = 0

  static async start(origin: URL, socket: TLSSocket, onEnd: () => void): Promise<Connection> {
    const session = openSession(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
    })
    const connection = new Connection(session, onEnd)
    try {
      await once(session, 'remoteSettings', { signal: AbortSignal.timeout(connectLimitMs) })
    } catch (error) {
      session.destroy()
      throw error
    }
    session.setLocalWindowSize(connectionWindowBytes)
    return connection
  }

  private constructor(session: ClientHttp2Session, onEnd: () => void) {
    this.#session = session
    this.#pinging = setInterval(() => this.#ping(), pingEveryMs).unref()
    const end = (): void => {
      clearInterval(this.#pinging)
      onEnd()
    }
    session.on('goaway', end).on('close', end).on('error', end)
  }

  get hasRoom(): boolean {
    const permitted = this.#session.remoteSettings.maxConcurrentStreams ?? streamsPerConnection
    return (
      !this.#session.closed && !this.#session.destroyed && this.#streams < Math.min(permitted, streamsPerConnection)
    )
  }

  async open(
    headers: Readonly<Record<string, string>>,
    { idleMs = 0, onAlive }: StreamOptions,
    signal: AbortSignal,
  ): Promise<StreamResponse> {
    signal.throwIfAborted()
    const stream = this.#session.request(headers, { endStream: true })
    this.#streams += 1
    const listener = (sentMs: number): void => onAlive?.(sentMs)
    this.#listeners.add(listener)
    const stop = (): void => {
      stream.destroy(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
    stream.on('error', () => undefined)
    stream.once('close', () => {
      this.#streams -= 1
      this.#listeners.delete(listener)
      signal.removeEventListener('abort', stop)
    })
    if (idleMs > 0) stream.setTimeout(idleMs, () => stream.destroy(new Problem('TIMED_OUT', 'The stream was silent.')))
    const [answer]: [IncomingHttpHeaders & { readonly ':status'?: number }] = await responseOf(stream)
    return { statusCode: answer[':status'] ?? 0, headers: answer, body: bodyOf(stream) }
  }

  #ping(): void {
    if (this.#session.destroyed || this.#session.connecting) return
    const sentMs = performance.now()
    const limit = setTimeout(() => this.#session.destroy(unanswered()), pingLimitMs).unref()
    this.#session.ping((error) => {
      clearTimeout(limit)
      if (error === null) for (const listener of this.#listeners) listener(sentMs)
    })
  }

  close(): void {
    this.#session.close()
  }

  destroy(): void {
    this.#session.destroy(new Problem('CANCELLED', 'The connection to the cluster was closed.'))
  }
}

const unanswered = (): Error =>
  Object.assign(new Error('The connection does not answer a ping.'), { code: 'ETIMEDOUT' })

/** The headers. A stream that closes before them fails, also one that was cancelled without an error. */
async function responseOf(stream: ClientHttp2Stream): Promise<[IncomingHttpHeaders]> {
  const { promise, resolve, reject } = Promise.withResolvers<[IncomingHttpHeaders]>()
  stream.once('response', (headers) => resolve([headers]))
  stream.once('error', reject)
  stream.once('close', () => reject(new Error(`The stream was closed with code ${stream.rstCode}.`)))
  return await promise
}

/** A stream that is cut before its end is no end. */
async function* chunksOf(stream: ClientHttp2Stream): AsyncGenerator<Uint8Array> {
  yield* stream
  if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw new Error(`The stream was cut with code ${stream.rstCode}.`)
}

const bodyOf = (stream: ClientHttp2Stream): StreamResponse['body'] =>
  Object.assign(chunksOf(stream), {
    dump: async () => {
      stream.close(constants.NGHTTP2_CANCEL)
    },
  })
