import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import * as tls from 'node:tls'
import { createAuthority, type Issued } from '../../peers/authority.ts'
import { onEnd } from './lifetime.ts'

/** A server on 127.0.0.1 for as long as its test lasts. */
export interface TestServer {
  readonly port: number
  /** Connections that were accepted so far. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

/** The authority that endpoints of these tests trust. */
export const authority = createAuthority('Hangar test authority')
/** An authority that no endpoint trusts. */
export const untrustedAuthority = createAuthority('Stranger')

/** The default name of a server. */
export const name = 'far.hangar.test'
const good = authority.issue({ names: [name, 'localhost'], addresses: ['127.0.0.1'] })

export const chainOf = ({ certificate }: Issued, ca = authority): string => `${certificate}\n${ca.certificate}`

export const tlsOptions = (issued: Issued = good, ca = authority): tls.TlsOptions => ({
  cert: chainOf(issued, ca),
  key: issued.key,
})

export async function listen(server: Server, host = '127.0.0.1', requestedPort = 0): Promise<TestServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(requestedPort, host, resolve))
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  onEnd(close)
  const { port } = server.address() as AddressInfo // it listens on a port, not a path
  return { port, connections: () => connections, close }
}

/** A server without TLS that handles each connection with `act`. */
export function serve(act: (socket: Socket) => void): Promise<TestServer> {
  return listen(createServer(act))
}

/** The same after a TLS handshake. */
export function serveTls(act: (socket: tls.TLSSocket) => void, options: tls.TlsOptions = {}): Promise<TestServer> {
  const server = tls.createServer({ ...tlsOptions(), ...options }, (socket) => {
    socket.on('error', () => undefined)
    act(socket)
  })
  return listen(server)
}

/** Ends a connection with a reset (RST). */
export const reset = (socket: Socket): void => void socket.resetAndDestroy()
