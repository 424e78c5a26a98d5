import { setTimeout as sleep } from 'node:timers/promises'
import { RPCHandler } from '@orpc/server/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { App } from '../app.ts'

/** More than the largest message of a window: a profile with the values of its charts. */
const messageLimitBytes = 16 * 1024 * 1024

/** Streams wait when a slow browser has left this much unread. */
const unreadLimitBytes = 4 * 1024 * 1024
const unreadPollMs = 20

/** A browser that vanished without closing its socket (a closed laptop, a lost tunnel) is noticed within two of these. */
const pingEveryMs = 30_000

/** Serves the contract on WebSockets. Calls made before the core has started wait for it. */
export function createSockets(app: Promise<App>): WebSocketServer {
  const handler = app.then(({ router }) => new RPCHandler(router))
  handler.catch(() => undefined) // the caller that starts the core reports it; here it closes each socket
  const server = new WebSocketServer({ noServer: true, maxPayload: messageLimitBytes, perMessageDeflate: false })
  server.on('connection', (socket) => {
    pingPeriodically(socket)
    socket.on('error', () => socket.terminate())
    socket.pause()
    handler.then(
      (ready) => {
        void ready.upgrade({ addEventListener: socket.addEventListener.bind(socket), send: sender(socket) })
        socket.resume()
      },
      () => {
        socket.resume() // otherwise it would not read the browser's close frame
        socket.close(1011, 'Hangar could not start')
      },
    )
  })
  return server
}

/** Sends, and resolves once the browser has read enough: backpressure for streams. */
function sender(socket: WebSocket): (data: string | Uint8Array | ArrayBufferLike) => Promise<void> {
  return async (data) => {
    socket.send(data)
    while (socket.bufferedAmount > unreadLimitBytes && socket.readyState === socket.OPEN) await sleep(unreadPollMs)
  }
}

function pingPeriodically(socket: WebSocket): void {
  let alive = true
  socket.on('pong', () => {
    alive = true
  })
  const timer = setInterval(() => {
    if (!alive) return socket.terminate()
    alive = false
    socket.ping()
  }, pingEveryMs)
  timer.unref()
  socket.once('close', () => clearInterval(timer))
}
