import type { Server, Socket } from 'node:net'

/** A server with a host name and a port that can be stopped and started. */
export type PeerServer = {
  readonly host: string
  readonly address: string
  /** Chosen at the first start, and the same at each later start. */
  readonly port: number
  readonly listening: boolean
  /** Closes the port and drops all connections: from then on every client is refused. */
  stop(): Promise<void>
  start(): Promise<void>
}

export type ListenAddress = { readonly host: string; readonly address: string; readonly port?: number }

/** Anything that listens: TLS, HTTP and HTTP/2 servers are `net.Server`s underneath. */
export const startPeerServer = async (
  listenAddress: ListenAddress,
  create: () => Server,
  signal: AbortSignal,
): Promise<PeerServer> => {
  let server: Server | undefined
  let port = listenAddress.port ?? 0
  const sockets = new Set<Socket>()

  const stop = async (): Promise<void> => {
    const ending = server
    server = undefined
    for (const socket of sockets) socket.destroy()
    if (ending) await new Promise((resolve) => ending.close(resolve))
  }
  const start = async (): Promise<void> => {
    if (server) return
    const starting = create()
    starting.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      // A client may close its connection at any time.
      socket.on('error', () => undefined)
    })
    await new Promise<void>((resolve, reject) => {
      starting.once('error', reject)
      starting.listen(port, listenAddress.address, resolve)
    })
    server = starting
    const bound = starting.address()
    if (bound !== null && typeof bound === 'object') port = bound.port
  }
  signal.throwIfAborted()
  await start()
  signal.addEventListener('abort', () => void stop(), { once: true })
  return {
    host: listenAddress.host,
    address: listenAddress.address,
    get port() {
      return port
    },
    get listening() {
      return server !== undefined
    },
    start,
    stop,
  }
}
