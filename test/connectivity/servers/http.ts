import { createServer } from 'node:https'
import type { Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { listen, serve, serveTls, type TestServer, tlsOptions } from './serve.ts'

export interface Page {
  readonly status?: number
  readonly reason?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** Waits for one request head, then writes the result of `answer` and ends the connection. */
export function answering(answer: (asked: Asked) => Page | string): (socket: Socket) => void {
  return (socket) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      if (end < 0) return
      const [first = '', ...lines] = text.slice(0, end).split('\r\n')
      const [method = '', path = ''] = first.split(' ')
      const headers = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
      )
      text = ''
      const page = answer({ method, path, headers })
      socket.end(typeof page === 'string' ? page : write(page))
    })
  }
}

export function write({ status = 200, reason = 'Reason', headers = {}, body = '' }: Page): string {
  const all = { Date: new Date().toUTCString(), 'Content-Length': String(Buffer.byteLength(body)), ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

/** An HTTPS server with one response for all requests, or one for each. */
export function servePage(page: Page | ((asked: Asked) => Page), options: TlsOptions = {}): Promise<TestServer> {
  return serveTls(answering(typeof page === 'function' ? page : () => page), options)
}

/** An HTTPS server with persistent connections and one JSON response for all requests. */
export function serveKept(value: unknown): Promise<TestServer> {
  const server = createServer(tlsOptions(), (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
  })
  server.keepAliveTimeout = 60_000
  return listen(server)
}

export function serveClearPage(page: Page | ((asked: Asked) => Page)): Promise<TestServer> {
  return serve(answering(typeof page === 'function' ? page : () => page))
}

export const html = (body: string, status = 200, headers: Readonly<Record<string, string>> = {}): Page => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers },
  body: `<!DOCTYPE html><html><body>${body}</body></html>`,
})

export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Page => ({
  status,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(value),
})
