import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { Problem } from '../../preload/contract/problem.ts'
import type { App } from '../app.ts'
import { commonHeaders } from '../page/policy.ts'
import { replyWith } from '../page/reply.ts'
import { chooseEncoding, createCompressor } from './encoding.ts'
import { createEntrance, type Entrance } from './entrance.ts'
import { refuse } from './guard.ts'
import { createSockets } from './sockets.ts'

/** Where the window's socket is. */
const socketPath = '/rpc'

/** Tabs of one person, with what their browser opens in advance. */
const connectionLimit = 64
const headerLimitMs = 10_000

export interface Listening {
  readonly port: number
  /** Works once: it holds the token. */
  readonly address: string
  close(): Promise<void>
}

/**
 * Listens on the loopback address alone, at once: the core may still be starting, and a socket waits for it.
 * `root` is the built window. Port 0 is any free one. Throws PORT_TAKEN.
 */
export async function listen(root: Promise<string>, app: Promise<App>, wanted: number): Promise<Listening> {
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: headerLimitMs,
    requestTimeout: headerLimitMs,
  })
  server.maxConnections = connectionLimit
  const port = await bind(server, wanted)
  const entrance = createEntrance(port)
  const sockets = createSockets(app)
  const answer = createAnswer(root, entrance, port)

  server.on('request', (request, response) => {
    answer(request, response).catch(() => {
      if (!response.headersSent) deny(response, 500, 'Hangar could not read its window.')
      response.end()
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const refusal = refuse({ method: request.method ?? '', headers: request.headers, upgrade: true }, port)
    const isIn = entrance.holdsSession(request.headers.cookie)
    if (refusal !== undefined || !isIn || request.url !== socketPath) {
      const status = refusal?.status ?? (isIn ? 404 : 401)
      socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request))
  })

  return {
    port,
    address: `http://127.0.0.1:${port}/?token=${entrance.token}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.close(1001, 'Hangar was stopped')
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of sockets.clients) socket.terminate()
      }),
  }
}

function bind(server: Server, wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'another program listens there' : 'this user may not listen there'
      reject(new Problem('PORT_TAKEN', `Port ${wanted} cannot be used: ${why}.`, error.message, { cause: error }))
    })
    server.listen({ host: '127.0.0.1', port: wanted, exclusive: true }, () => {
      server.removeAllListeners('error')
      server.on('error', () => undefined) // of single connections, after it has begun to listen
      resolve((server.address() as AddressInfo).port) // a TCP server's address is never a path
    })
  })
}

/** The three that may come: who shows the token, who has a session, and everybody else. */
function createAnswer(root: Promise<string>, entrance: Entrance, port: number) {
  const compress = createCompressor()
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? ''
    const refusal = refuse({ method, headers: request.headers, upgrade: false }, port)
    if (refusal !== undefined) return deny(response, refusal.status, refusal.reason)
    const url = URL.parse(request.url ?? '/', `http://${request.headers.host}`)
    if (url === null) return deny(response, 400, 'This is no address.')

    const isIn = entrance.holdsSession(request.headers.cookie)
    const token = url.searchParams.get('token')
    if (token !== null) {
      const cookie = entrance.enter(token)
      if (cookie === undefined && !isIn) {
        return deny(response, 403, 'This address has been used. Stop Hangar, start it again, and open the new one.')
      }
      return leadIn(response, cookie, request.headers['sec-fetch-site'] === 'cross-site')
    }
    if (!isIn) return deny(response, 401, 'Open the address that "hangar serve" printed.')

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
 * Away from the address with the token at once: it must not stay in the history, nor be sent on. Who followed a link of
 * another site moves on by our own page's doing, because a redirect would still count as that site's and go without
 * the cookie (RFC 6265bis, section 5.2).
 */
function leadIn(response: ServerResponse, cookie: string | undefined, fromElsewhere: boolean): void {
  response
    .writeHead(fromElsewhere ? 200 : 303, {
      ...commonHeaders,
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      ...(fromElsewhere ? { refresh: '0; url=/' } : { location: '/' }),
      ...(cookie === undefined ? {} : { 'set-cookie': cookie }),
    })
    .end()
}

/** The path as it was sent: what a URL parser has tidied up can no longer be judged. */
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
