import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** For the page loads of one person, with the connections that browsers open in advance. */
const anonymousLimit = 128

/** A browser on this computer sends its request at once and reads its response at once. */
const headerLimitMs = 5_000
const requestLimitMs = 10_000
const responseLimitMs = 10_000
const checkEveryMs = 1_000

/** Time limits for `createServer`. Node checks them only every 30 s by default. */
export const timeLimits = {
  headersTimeout: headerLimitMs,
  requestTimeout: requestLimitMs,
  connectionsCheckingInterval: checkEveryMs,
} as const

interface Anonymous {
  /** Requests that are being answered. */
  requests: number
}

/** Connections that have not signed in. Those that have are not limited here. */
export interface Connections {
  /** Takes the connection out of the limit. */
  signedIn(socket: Socket): void
}

/**
 * Keeps the number of anonymous connections limited by closing one for each new one: a limit that refuses new connections
 * would let a program that holds the old ones lock the user out.
 */
export function limitConnections(server: Server): Connections {
  // In order of their last response, or of their arrival.
  const anonymous = new Map<Socket, Anonymous>()
  server.on('connection', (socket: Socket) => {
    if (anonymous.size >= anonymousLimit) connectionToClose(anonymous)?.destroy()
    anonymous.set(socket, { requests: 0 })
    socket.once('close', () => anonymous.delete(socket))
  })
  server.on('request', ({ socket }, response: ServerResponse) => {
    const connection = anonymous.get(socket)
    if (connection === undefined) return
    connection.requests += 1
    const late = setTimeout(() => socket.destroy(), responseLimitMs)
    response.once('close', () => {
      clearTimeout(late)
      connection.requests -= 1
      if (anonymous.delete(socket)) anonymous.set(socket, connection)
    })
  })
  return {
    signedIn: (socket) => {
      anonymous.delete(socket)
    },
  }
}

/** The oldest connection without a request, else the oldest of all. */
export function connectionToClose<Key>(connections: ReadonlyMap<Key, Readonly<Anonymous>>): Key | undefined {
  let oldest: Key | undefined
  for (const [key, { requests }] of connections) {
    if (requests === 0) return key
    oldest ??= key
  }
  return oldest
}
