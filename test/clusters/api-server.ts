import { once } from 'node:events'
import {
  createServer as createPlainServer,
  type IncomingMessage,
  request as plainRequest,
  type ServerResponse,
} from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { KeyPair } from './certificates.ts'

/** One request as the server received it. */
export interface Seen {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Common name of the client's certificate, if it sent one that the authority signed. */
  readonly clientName: string | undefined
  /** The name that the client asked for in its TLS hello; empty for an address. */
  readonly serverName: string
  readonly connection: number
}

export type Answer = (seen: Seen, response: ServerResponse) => void | Promise<void>

export interface Listening {
  readonly port: number
  readonly url: string
  readonly seen: Seen[]
  close(): Promise<void>
}

/** An HTTPS server on 127.0.0.1 that requests a client certificate and responds as the test defines. */
export async function serveApi(
  tls: { readonly ca: string; readonly server: KeyPair },
  answer: Answer,
): Promise<Listening> {
  const seen: Seen[] = []
  const connections = new Map<Duplex, number>()
  const options = { ...tls.server, ca: tls.ca, requestCert: true, rejectUnauthorized: false }
  const server = createServer(options, async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const socket = request.socket as TLSSocket // of an HTTPS server
    const entry = {
      method: request.method ?? '',
      url: new URL(request.url ?? '/', 'https://server'),
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      clientName: socket.authorized ? String(socket.getPeerCertificate().subject.CN) : undefined,
      serverName: socket.servername || '',
      connection: connections.get(socket) ?? -1,
    }
    seen.push(entry)
    await answer(entry, response)
  })
  server.on('secureConnection', (socket) => connections.set(socket, connections.size))
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // of a TCP server
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** The body of a refusal by an API server. */
export const statusObject = (code: number, reason: string, message: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message,
})

/** An HTTP proxy on 127.0.0.1 that tunnels by CONNECT and records each destination and authorization. */
export async function serveProxy(): Promise<{
  readonly url: string
  readonly asked: { readonly target: string; readonly authorization: string | undefined }[]
  close(): Promise<void>
}> {
  const asked: { target: string; authorization: string | undefined }[] = []
  const sockets = new Set<Socket>()
  const server = createPlainServer((request, response) => {
    asked.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] })
    const onward = plainRequest(request.url ?? '', { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  server.on('connect', (request, client: Socket) => {
    asked.push({ target: request.url ?? '', authorization: request.headers['proxy-authorization'] })
    const [, port] = (request.url ?? '').split(':')
    const far = connect(Number(port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      far.pipe(client)
      client.pipe(far)
    })
    for (const socket of [client, far]) {
      sockets.add(socket)
      socket.on('error', () => {
        client.destroy()
        far.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // of a TCP server
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A proxy on 127.0.0.1 that refuses every destination and records it, as `host:port`. */
export async function serveRefusingProxy(): Promise<{
  readonly url: string
  readonly asked: readonly string[]
  close(): Promise<void>
}> {
  const asked: string[] = []
  const server = createPlainServer((request, response) => {
    asked.push(URL.parse(request.url ?? '')?.host ?? '')
    response.writeHead(403).end()
  })
  server.on('connect', (request, client: Socket) => {
    asked.push(request.url ?? '')
    client.on('error', () => undefined)
    client.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // of a TCP server
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
