import type { Duplex } from 'node:stream'
import { type Dispatcher, WebSocket } from 'undici'

/** Only this much of a response that refuses the upgrade is read. */
const refusalLimitBytes = 64 * 1024

/** An open WebSocket, with what undici's class leaves out: reading can be paused, and closing need not wait for the server. */
export interface ClusterSocket {
  readonly webSocket: WebSocket
  pause(): void
  resume(): void
  /** Closes the connection without the closing handshake. */
  destroy(): void
}

/** What the server sent instead of a WebSocket. The standard's class hides it. */
export interface RefusedUpgrade {
  readonly statusCode: number
  readonly contentType: string
  readonly body: Buffer
}

interface UpgradeOptions {
  readonly protocols: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly dispatcher: Dispatcher
}

/** Opens a WebSocket, or returns the response that refused it. Throws when there is neither, or the signal's reason. */
export async function openWebSocket(
  url: string,
  { protocols, headers, dispatcher }: UpgradeOptions,
  signal: AbortSignal,
): Promise<ClusterSocket | RefusedUpgrade> {
  signal.throwIfAborted()
  let connection: Duplex | undefined
  let refused: RefusedUpgrade | undefined
  const observed = dispatcher.compose(
    (dispatch) => (options, handler) =>
      dispatch(
        options,
        observeUpgrade(handler, { upgraded: (to) => (connection = to), refused: (it) => (refused = it) }),
      ),
  )
  const webSocket = new WebSocket(url, { protocols: [...protocols], dispatcher: observed, headers })
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>()
  const stop = (): void => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  webSocket.addEventListener('open', () => resolve(), { once: true })
  webSocket.addEventListener('error', ({ error, message }) => reject(error ?? new Error(message)), { once: true })
  try {
    await opened
    return {
      webSocket,
      pause: () => connection?.pause(),
      resume: () => connection?.resume(),
      destroy: () => connection?.destroy(),
    }
  } catch (error) {
    webSocket.close()
    if (refused !== undefined && !signal.aborted) return refused
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

interface UpgradeObserver {
  readonly upgraded: (connection: Duplex) => void
  readonly refused: (response: RefusedUpgrade) => void
}

/** Passes an upgrade on. Any other response is read up to the limit and then reported to the handler as an error. */
function observeUpgrade(handler: Dispatcher.DispatchHandler, on: UpgradeObserver): Dispatcher.DispatchHandler {
  let response: { readonly statusCode: number; readonly contentType: string } | undefined
  const chunks: Buffer[] = []
  let size = 0
  const finish = (controller: Dispatcher.DispatchController): void => {
    if (response !== undefined) on.refused({ ...response, body: Buffer.concat(chunks) })
    handler.onResponseError?.(controller, new Error(`HTTP ${response?.statusCode}`))
  }
  return {
    onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
    onRequestUpgrade(controller, statusCode, headers, connection) {
      if (statusCode === 101) on.upgraded(connection)
      return handler.onRequestUpgrade?.(controller, statusCode, headers, connection)
    },
    onResponseStart(_controller, statusCode, headers) {
      // Interim responses (1xx) come before the final one.
      if (statusCode >= 200) response = { statusCode, contentType: String(headers['content-type'] ?? '') }
    },
    onResponseData(controller, chunk) {
      chunks.push(chunk)
      size += chunk.length
      if (size > refusalLimitBytes) controller.abort(new Error('the response is too large'))
    },
    onResponseEnd: finish,
    onResponseError(controller, error) {
      if (response === undefined) handler.onResponseError?.(controller, error)
      else finish(controller)
    },
  }
}
