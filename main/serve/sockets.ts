import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MinimalWebsocket } from '@orpc/server/websocket'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { closeCode, type Hello } from '../../preload/browser-session.ts'
import type { App } from '../app.ts'
import { exceedsJsonLimits, messageLimits } from '../lib/json-limits.ts'
import { createHandler } from './calls.ts'
import type { Session, Sessions } from './sessions.ts'

/** More than the largest message of a window: a profile with the values of its charts. */
const messageLimitBytes = 16 * 1024 * 1024

/** Until it has signed in, a socket may send its `Hello`, and must do so soon. */
const helloLimitBytes = 2 * 1024
const helloLimitMs = 5_000

/** Of one socket, until others have their turn: about 5 ms. */
const messagesPerTurn = 50

/** A window that does not confirm the end of its session is disconnected. */
const closeLimitMs = 1_000

/** Streams wait when a slow browser has left this much unread. */
const unreadLimitBytes = 4 * 1024 * 1024
const unreadPollMs = 20

/** A browser that vanished without closing its socket (a closed laptop, a lost tunnel) is noticed within two of these. */
const pingEveryMs = 30_000

/**
 * Serves the contract on WebSockets that have signed in. Calls made before the core has started wait for it.
 * `onSignIn` gets the connection of each socket that has signed in.
 */
export function createSockets(
  app: Promise<App>,
  sessions: Sessions,
  onSignIn: (connection: Socket) => void,
): WebSocketServer {
  const handler = app.then(({ router }) => createHandler(router))
  handler.catch(() => undefined) // the caller that starts the core reports it; here it closes each socket
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimitBytes,
    perMessageDeflate: false,
  })
  server.on('connection', (socket: WebSocket, { socket: connection }: IncomingMessage) => {
    socket.on('error', () => socket.terminate())
    pingPeriodically(socket)
    readHello(socket, connection, (hello) => {
      const outcome = sessions.signIn(hello)
      if (typeof outcome === 'string') return socket.close(closeCode[outcome])
      const { session, welcome } = outcome
      if (!keepWithin(session, socket)) return socket.close(1013, 'This session has too many windows')
      onSignIn(connection)
      socket.send(JSON.stringify(welcome))
      socket.pause()
      handler.then(
        (ready) => {
          const peer = { addEventListener: () => undefined, send: sender(socket) }
          const answer = { context: { session } }
          // A message that is no call has nobody to answer. The errors of calls are in their answers.
          readInTurns(socket, (message) => void ready.message(peer, message, answer).catch(() => undefined))
          socket.once('close', () => ready.close(peer))
          socket.resume()
        },
        () => {
          socket.resume() // otherwise it would not read the browser's close frame
          socket.close(1011, 'Hangar could not start')
        },
      )
    })
  })
  return server
}

/** Calls back with the first message. Closes the connection where it comes late, is too long, or is something else. */
function readHello(socket: WebSocket, connection: Socket, onHello: (hello: Hello) => void): void {
  let bytes = 0
  // A message is complete only at its end: the frame limit would let each of these sockets fill 16 MB first.
  const count = (chunk: Buffer): void => {
    bytes += chunk.length
    if (bytes > helloLimitBytes) connection.destroy()
  }
  const late = setTimeout(() => socket.terminate(), helloLimitMs)
  const stop = (): void => {
    clearTimeout(late)
    connection.off('data', count)
  }
  connection.on('data', count)
  socket.once('close', stop)
  socket.once('message', (data, isBinary) => {
    stop()
    const hello = isBinary ? undefined : parseHello(data)
    if (hello === undefined) socket.terminate()
    else onHello(hello)
  })
}

/** Undefined for anything but an object with text in the fields of a `Hello`. */
export function parseHello(data: RawData): Hello | undefined {
  let value: unknown
  try {
    value = JSON.parse(String(data))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { key, token } = value as Record<string, unknown>
  const isText = (field: unknown): field is string | undefined => field === undefined || typeof field === 'string'
  return isText(key) && isText(token) ? { key, token } : undefined
}

/** Binds the socket to its session: each can end the other. False if the session has too many already. */
function keepWithin(session: Session, socket: WebSocket): boolean {
  const release = session.limits.open('window')
  if (release === undefined) return false
  const onEnd = (): void => {
    socket.close(closeCode[session.ended.reason === 'expired' ? 'expired' : 'signedOut'])
    const late = setTimeout(() => socket.terminate(), closeLimitMs)
    socket.once('close', () => clearTimeout(late))
  }
  session.ended.addEventListener('abort', onEnd)
  socket.once('close', (code) => {
    session.ended.removeEventListener('abort', onEnd)
    release()
    if (code === closeCode.signOut) session.end('signedOut')
  })
  return true
}

/**
 * Passes the messages of a socket on, a few at a time: thousands that one window sends at once must not delay the calls of
 * others. One with too many values closes the socket.
 */
export function readInTurns(socket: WebSocket, onMessage: (message: string | ArrayBuffer) => void): void {
  const waiting: (string | ArrayBuffer)[] = []
  const passOn = (): void => {
    if (socket.readyState !== socket.OPEN) return
    for (const message of waiting.splice(0, messagesPerTurn)) onMessage(message)
    if (waiting.length > 0) setImmediate(passOn)
    else socket.resume()
  }
  socket.on('message', (data: Buffer, isBinary) => {
    // Parsing and checking it would stop everything else for seconds.
    if (exceedsJsonLimits(data, messageLimits)) return socket.close(1009, 'The message has too many values')
    if (waiting.push(isBinary ? new Uint8Array(data).buffer : data.toString()) > 1) return
    socket.pause() // what is in memory already still arrives
    setImmediate(passOn)
  })
}

/** Sends, and resolves once the browser has read enough: backpressure for streams. */
function sender(socket: WebSocket): (data: Parameters<MinimalWebsocket['send']>[0]) => Promise<void> {
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
