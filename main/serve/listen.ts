import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { Problem } from '../../preload/contract/problem.ts'
import type { App } from '../app.ts'
import { commonHeaders } from '../page/policy.ts'
import { replyWith } from '../page/reply.ts'
import { chooseEncoding, createCompressor } from './encoding.ts'
import { refuse } from './request-guard.ts'
import { type BrowserSession, createSession } from './session.ts'
import { createSockets } from './sockets.ts'

/** The path of the window's WebSocket. */
const socketPath = '/rpc'

/** For the tabs of one person, with the connections that browsers open in advance. */
const connectionLimit = 64
const headerLimitMs = 10_000

export interface Listening {
  readonly port: number
  /** Works once: it holds the token. */
  readonly address: string
  close(): Promise<void>
}

/**
 * Listens on the loopback address only, and before the core has started: sockets wait for it.
 * `root` is the built window. Port 0: any free one. Throws PORT_TAKEN.
 */
export async function listen(root: Promise<string>, app: Promise<App>, requestedPort: number): Promise<Listening> {
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: headerLimitMs,
    requestTimeout: headerLimitMs,
  })
  server.maxConnections = connectionLimit
  const port = await bind(server, requestedPort)
  const session = createSession(port)
  const sockets = createSockets(app)
  const answer = createAnswer(root, session, port)

  server.on('request', (request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) deny(response, 500, 'Hangar could not read its window.')
      response.end()
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const refusal = refuse({ method: request.method ?? '', headers: request.headers, upgrade: true }, port)
    const hasSession = session.holdsSession(request.headers.cookie)
    if (refusal !== undefined || !hasSession || request.url !== socketPath) {
      const status = refusal?.status ?? (hasSession ? 404 : 401)
      socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request))
  })

  return {
    port,
    address: `http://127.0.0.1:${port}/?token=${session.token}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.close(1001, 'Hangar was stopped')
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of sockets.clients) socket.terminate()
      }),
  }
}

function bind(server: Server, requestedPort: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE' ? 'another program listens on it' : 'this user is not permitted to listen on it'
      reject(
        new Problem('PORT_TAKEN', `Port ${requestedPort} cannot be used: ${why}.`, error.message, { cause: error }),
      )
    })
    server.listen({ host: '127.0.0.1', port: requestedPort, exclusive: true }, () => {
      server.removeAllListeners('error')
      server.on('error', () => undefined) // of single connections, once it listens
      resolve((server.address() as AddressInfo).port) // the address of a TCP server is not a path
    })
  })
}

/** Handles requests with the token, requests with the session, and all others. */
function createAnswer(root: Promise<string>, session: BrowserSession, port: number) {
  const compress = createCompressor()
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? ''
    const refusal = refuse({ method, headers: request.headers, upgrade: false }, port)
    if (refusal !== undefined) return deny(response, refusal.status, refusal.reason)
    const url = URL.parse(request.url ?? '/', `http://${request.headers.host}`)
    if (url === null) return deny(response, 400, 'The address is not valid.')

    const hasSession = session.holdsSession(request.headers.cookie)
    const token = url.searchParams.get('token')
    if (token !== null) {
      const cookie = session.exchangeToken(token)
      if (cookie === undefined && !hasSession) {
        return deny(
          response,
          403,
          'This address was already used. Stop Hangar, start it again, and open the new address.',
        )
      }
      return redirectToApp(response, cookie, request.headers['sec-fetch-site'] === 'cross-site')
    }
    if (!hasSession) return deny(response, 401, 'Open the address that "hangar serve" printed.')

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

/**
 * Redirects from the address with the token, which must not stay in the history or in a Referer header. After a link of
 * another site the page itself refreshes: a redirect would count as a request of that site, and browsers would send it
 * without the cookie (RFC 6265bis, section 5.2).
 */
function redirectToApp(response: ServerResponse, cookie: string | undefined, isCrossSite: boolean): void {
  response
    .writeHead(isCrossSite ? 200 : 303, {
      ...commonHeaders,
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      ...(isCrossSite ? { refresh: '0; url=/' } : { location: '/' }),
      ...(cookie === undefined ? {} : { 'set-cookie': cookie }),
    })
    .end()
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
