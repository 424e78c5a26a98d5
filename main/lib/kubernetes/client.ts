import type { Permit } from './consent.ts'
import type { ClusterSocket } from './websocket.ts'

/** How to reach one cluster. It contains no secret, so it can be sent to a thread. */
export interface ClusterConnection {
  /** Kubeconfig files in their order of precedence, absolute. */
  readonly files: readonly string[]
  readonly contextName: string
  /** PATH of the login shell and other variables for credential programs and helm. */
  readonly environment: Readonly<Record<string, string>>
  /** What the user has allowed; absent: nothing that needs consent. */
  readonly permit?: Permit
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  /** Default application/json; `application/apply-patch+yaml` for server-side apply. */
  readonly contentType?: string
  /** Default 15,000. */
  readonly timeoutMs?: number
  /** Default application/json. */
  readonly accept?: string
  /** Further headers, in lower case: for a service behind the API server's proxy. */
  readonly headers?: Readonly<Record<string, string>>
  /** Gets the size of the response before it is parsed; what it throws ends the request. */
  readonly onSize?: (bytes: number) => void
}

/** One API server. Every failure is a Problem (CLUSTER_*); a Kubernetes Status is in its evidence and on `status`. */
export interface KubernetesClient {
  readonly server: string
  request<Body>(method: string, path: string, options: RequestOptions, signal: AbortSignal): Promise<Body>
  /**
   * The body as it arrives, for watches and logs. No overall time limit; `idleMs` of silence ends it with TIMED_OUT. Where
   * streams share a connection, `onAlive` is called each time it answers a ping, with when that was sent (`performance.now()`).
   */
  stream(
    path: string,
    options: Pick<RequestOptions, 'query'> & { readonly idleMs?: number; readonly onAlive?: (sentMs: number) => void },
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>
  /** How many streams can be open at once: some 200 with a connection each, thousands where they share connections. */
  streamsAtOnce?(signal: AbortSignal): Promise<number>
  /**
   * Opens a WebSocket with one of these subprotocols; the caller closes it, or `close` of this client does. The signal applies to
   * the opening only.
   */
  socket(path: string, protocols: readonly string[], signal: AbortSignal): Promise<ClusterSocket>
  close(): Promise<void>
}
