import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { socketPath, tokenName } from '../../preload/browser-session.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { App } from '../app.ts'
import { commonHeaders } from '../page/policy.ts'
import { replyWith } from '../page/reply.ts'
import { limitConnections, timeLimits } from './connections.ts'
import { chooseEncoding, createCompressor } from './encoding.ts'
import { commonLoopback } from './loopback.ts'
import { refuse } from './request-guard.ts'
import { createSessions } from './sessions.ts'
import { createSockets } from './sockets.ts'

/** How late the end of an expired session may be noticed. */
const expiryCheckMs = 30_000

/** More than a browser sends: any program of the same address can set 180 cookies of 4 KB, which come with each request. */
const headerLimitBytes = 1024 * 1024

export interface Listening {
  readonly port: number
  /** A new address, which works once. The one before it stops working. */
  createAddress(): string
  close(): Promise<void>
}

/**
 * Listens on the loopback address only, and before the core has started: sockets wait for it. The page is the same for
 * everyone and is sent to everyone; the core only talks to sockets that have signed in.
 * `root` is the built window. Port 0: any free one. `host`: a loopback address; 127.0.0.1 where the system has no other.
 * Throws PORT_TAKEN.
 */
export async function listen(
  root: Promise<string>,
  app: Promise<App>,
  requestedPort: number,
  host: string = commonLoopback,
): Promise<Listening> {
  const server = createServer({ maxHeaderSize: headerLimitBytes, ...timeLimits })
  const connections = limitConnections(server)
  const { address, port } = await bind(server, requestedPort, host)
  const authority = `${address}:${port}`
  const sessions = createSessions()
  const expiry = setInterval(() => sessions.endExpired(), expiryCheckMs)
  const sockets = createSockets(app, sessions, connections.signedIn)
  const answer = createAnswer(root, authority)

  server.on('request', (request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) deny(response, 500, 'Hangar could not read its window.')
      response.end()
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const refusal = refuse({ method: request.method ?? '', headers: request.headers, upgrade: true }, authority)
    if (refusal !== undefined || request.url !== socketPath) {
      socket.end(`HTTP/1.1 ${refusal?.status ?? 404} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request))
  })

  return {
    port,
    // Browsers keep the fragment to themselves: the token is in no request, log or Referer header.
    createAddress: () => `http://${authority}/#${tokenName}=${sessions.createToken()}`,
    close: () =>
      new Promise((resolve) => {
        clearInterval(expiry)
        for (const socket of sockets.clients) socket.close(1001, 'Hangar was stopped')
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of sockets.clients) socket.terminate()
      }),
  }
}

async function bind(server: Server, port: number, host: string): Promise<AddressInfo> {
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException // of the system
    if (code === 'EADDRNOTAVAIL' && host !== commonLoopback) return await bind(server, port, commonLoopback)
    const why = code === 'EADDRINUSE' ? 'another program listens on it' : 'this user is not permitted to listen on it'
    throw new Problem('PORT_TAKEN', `Port ${port} cannot be used: ${why}.`, message, { cause })
  }
  server.on('error', () => undefined) // of single connections
  return server.address() as AddressInfo // of a TCP server, it is not a path
}

/** Sends the files of the window, to the user's own browser page only. */
function createAnswer(root: Promise<string>, authority: string) {
  const compress = createCompressor()
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? ''
    const refusal = refuse({ method, headers: request.headers, upgrade: false }, authority)
    if (refusal !== undefined) return deny(response, refusal.status, refusal.reason)
    const url = URL.parse(request.url ?? '/', `http://${request.headers.host}`)
    if (url === null) return deny(response, 400, 'The address is not valid.')

    const reply = await replyWith(await root, rawPath(request.url), {
      kind: 'browser',
      connect: `ws://${request.headers.host}${socketPath}`,
    })
    const type = reply.headers['content-type'] ?? ''
    const encoding = chooseEncoding(request.headers['accept-encoding']?.toString(), type, reply.body.length)
    const name = reply.headers['cache-control']?.includes('immutable') ? url.pathname : undefined
    const body = await compress(name, reply.body, encoding)
    response.writeHead(reply.status, {
      ...reply.headers,
      vary: 'accept-encoding',
      'content-length': String(body.length),
      ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    })
    response.end(method === 'HEAD' ? undefined : body)
  }
}

/** The path as it was sent: a URL parser would normalize the parts that must be checked. */
function rawPath(target = '/'): string {
  return target.split(/[?#]/)[0] || '/'
}

function deny(response: ServerResponse, status: number, reason: string): void {
  response
    .writeHead(status, {
      ...commonHeaders,
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'close',
    })
    .end(`${reason}\n`)
}
