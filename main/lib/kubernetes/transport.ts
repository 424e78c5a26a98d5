import { posix } from 'node:path'
import type { Dispatcher } from 'undici'
import type { RequestOptions } from './client.ts'
import { ConnectionPool, streamConnections } from './connection-pool.ts'
import type { Credential, CredentialSource } from './credentials.ts'
import type { ClusterEntry } from './kubeconfig-entries.ts'
import { multiplexedStreamsLimit, type StreamResponse } from './multiplexed-streams.ts'
import { orAbort } from './or-abort.ts'
import { type ClusterSocket, openWebSocket, type RefusedUpgrade } from './websocket.ts'

export interface SendOptions {
  readonly query?: RequestOptions['query']
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** 0: no limit. */
  readonly idleMs?: number
  /** The response has no end of its own, as that of a watch. Streams have connections apart from requests. */
  readonly isStream?: boolean
  /** See `KubernetesClient.stream`. */
  readonly onAlive?: (sentMs: number) => void
}

/** A response, with the headers that authenticated its request. */
export type AuthenticatedResponse = StreamResponse & { readonly sent: Credential['headers'] }

/** A response that refused a WebSocket, likewise. */
export type AuthenticatedRefusal = RefusedUpgrade & { readonly sent: Credential['headers'] }

/** Sends requests to one API server with the user's credential. Errors are those of undici and of the credential. */
export class Transport {
  readonly #origin: string
  readonly #basePath: string
  readonly #credentials: CredentialSource
  readonly #pool: ConnectionPool
  readonly #sockets = new Set<ClusterSocket>()

  constructor(cluster: ClusterEntry, credentials: CredentialSource, proxy: string | undefined) {
    const { origin, pathname } = new URL(cluster.server)
    this.#origin = origin
    this.#basePath = basePathOf(pathname)
    this.#credentials = credentials
    this.#pool = new ConnectionPool(cluster, proxy)
  }

  /** Sends; after a 401, once more with a fresh credential. */
  async send(
    method: Dispatcher.HttpMethod,
    path: string,
    options: SendOptions,
    signal: AbortSignal,
  ): Promise<AuthenticatedResponse> {
    const first = await this.#sendOnce(method, path, options, signal)
    if (first.statusCode !== 401 || !this.#credentials.renew()) return first
    await first.body.dump()
    return await this.#sendOnce(method, path, options, signal)
  }

  async #sendOnce(
    method: Dispatcher.HttpMethod,
    path: string,
    options: SendOptions,
    signal: AbortSignal,
  ): Promise<AuthenticatedResponse> {
    const credential = await this.#credentials.get(signal)
    const { requests, streams, multiplexed } = await this.#pool.connectionsFor(credential)
    const fullPath = withQuery(`${this.#basePath}${path}`, options.query)
    const headers = { ...options.headers, ...credential.headers, 'user-agent': 'hangar' }
    const multiplexedResponse = options.isStream
      ? await multiplexed?.open(fullPath, headers, options, signal)
      : undefined
    if (multiplexedResponse !== undefined) return { ...multiplexedResponse, sent: credential.headers }
    const dispatcher = options.isStream ? streams : requests
    // undici watches the signal only once the socket is connected, and a handshake may never end.
    const response = dispatcher.request({
      origin: this.#origin,
      path: fullPath,
      method,
      headers,
      body: options.body,
      bodyTimeout: options.idleMs,
      signal,
    })
    return { ...(await orAbort(response, signal)), sent: credential.headers }
  }

  /** How many streams can be open at once. Opens a connection where none is open. */
  async streamsAtOnce(signal: AbortSignal): Promise<number> {
    const { multiplexed } = await this.#pool.connectionsFor(await this.#credentials.get(signal))
    return (await multiplexed?.isAvailable(signal)) ? multiplexedStreamsLimit : streamConnections
  }

  /** Opens a WebSocket; after a 401, once more with a fresh credential. It is closed with the transport. */
  async openSocket(
    path: string,
    protocols: readonly string[],
    signal: AbortSignal,
  ): Promise<ClusterSocket | AuthenticatedRefusal> {
    const first = await this.#openSocketOnce(path, protocols, signal)
    const isRejected = 'statusCode' in first && first.statusCode === 401
    const opened = isRejected && this.#credentials.renew() ? await this.#openSocketOnce(path, protocols, signal) : first
    if ('statusCode' in opened) return opened
    // The pool does not own an upgraded connection.
    this.#sockets.add(opened)
    opened.webSocket.addEventListener('close', () => this.#sockets.delete(opened))
    return opened
  }

  async #openSocketOnce(
    path: string,
    protocols: readonly string[],
    signal: AbortSignal,
  ): Promise<ClusterSocket | AuthenticatedRefusal> {
    const credential = await this.#credentials.get(signal)
    const { requests: dispatcher } = await this.#pool.connectionsFor(credential)
    const url = `${this.#origin.replace(/^http/, 'ws')}${this.#basePath}${path}`
    const headers = { ...credential.headers, 'user-agent': 'hangar' }
    const opened = await openWebSocket(url, { protocols, headers, dispatcher }, signal)
    return 'statusCode' in opened ? { ...opened, sent: credential.headers } : opened
  }

  async close(): Promise<void> {
    this.#credentials.close()
    for (const socket of this.#sockets) socket.destroy()
    await this.#pool.destroy()
  }
}

/** As client-go joins it with the path of a request: without escapes that are not needed, repeated slashes and one at the end. */
function basePathOf(pathname: string): string {
  const path = posix.normalize(decodeURIComponent(pathname)).replace(/\/$/, '')
  return encodeURI(path).replaceAll(/[?#]/g, encodeURIComponent)
}

function withQuery(path: string, query: RequestOptions['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined)
  if (given.length === 0) return path
  const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString()
  return `${path}${path.includes('?') ? '&' : '?'}${text}`
}
