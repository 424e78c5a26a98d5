import { setTimeout as sleep } from 'node:timers/promises'
import { RPCHandler } from '@orpc/server/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { App } from '../app.ts'

/** A window's largest message: a profile with its charts' values, with room to spare. */
const messageLimitBytes = 16 * 1024 * 1024

/** What a slow browser may leave unread before its streams wait for it. */
const unreadLimitBytes = 4 * 1024 * 1024
const unreadLookMs = 20

/** A browser that is gone without a word (a laptop closed, a tunnel cut) is noticed within two of these. */
const pulseMs = 30_000

/** Serves the contract on WebSockets. Calls that come before the core has started wait for it. */
export function createSockets(app: Promise<App>): WebSocketServer {
  const handler = app.then(({ router }) => new RPCHandler(router))
  handler.catch(() => undefined) // reported by whoever starts the core; here it closes each socket
  const server = new WebSocketServer({ noServer: true, maxPayload: messageLimitBytes, perMessageDeflate: false })
  server.on('connection', (socket) => {
    keepPulse(socket)
    socket.on('error', () => socket.terminate())
    socket.pause()
    handler.then(
      (ready) => {
        void ready.upgrade({ addEventListener: socket.addEventListener.bind(socket), send: sender(socket) })
        socket.resume()
      },
      () => {
        socket.resume() // or it would not read that the browser has closed too
        socket.close(1011, 'Hangar could not start')
      },
    )
  })
  return server
}

/** Sends, and is done only once the browser keeps up: a stream waits for its reader. */
function sender(socket: WebSocket): (data: string | Uint8Array | ArrayBufferLike) => Promise<void> {
  return async (data) => {
    socket.send(data)
    while (socket.bufferedAmount > unreadLimitBytes && socket.readyState === socket.OPEN) await sleep(unreadLookMs)
  }
}

function keepPulse(socket: WebSocket): void {
  let alive = true
  socket.on('pong', () => {
    alive = true
  })
  const pulse = setInterval(() => {
    if (!alive) return socket.terminate()
    alive = false
    socket.ping()
  }, pulseMs)
  pulse.unref()
  socket.once('close', () => clearInterval(pulse))
}
