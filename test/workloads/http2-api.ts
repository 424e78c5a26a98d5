import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Answer, Seen } from '../clusters/api-server.ts'
import type { KeyPair } from '../clusters/certificates.ts'

export interface Http2Api {
  readonly url: string
  readonly counts: { requests: number; watches: number; mostWatches: number; connections: number }
  /** Every open connection becomes half-open: nothing arrives any more, and nothing ends. */
  silenceAll(): void
  close(): Promise<void>
}

/** Serves `answer` over HTTP/2 as the API server does: 100 streams a connection, and watches end after `timeoutSeconds`. */
export async function serveHttp2(tls: { readonly server: KeyPair }, answer: Answer): Promise<Http2Api> {
  const counts = { requests: 0, watches: 0, mostWatches: 0, connections: 0 }
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  const server = createSecureServer({ ...tls.server, allowHTTP1: true, settings: { maxConcurrentStreams: 100 } })
  server.on('connection', keep)
  server.on('request', async (request, response) => {
    counts.requests += 1
    const url = new URL(request.url, 'https://server')
    if (url.searchParams.has('watch')) {
      counts.watches += 1
      counts.mostWatches = Math.max(counts.mostWatches, counts.watches)
      const end = setTimeout(() => response.end(), 1_000 * Number(url.searchParams.get('timeoutSeconds')))
      response.on('close', () => {
        clearTimeout(end)
        counts.watches -= 1
      })
    }
    const seen: Seen = {
      method: request.method,
      url,
      headers: {},
      body: '',
      clientName: '',
      serverName: '',
      connection: 0,
    }
    await answer(seen, response as unknown as ServerResponse) // HTTP/2's has the same methods
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: onward } = server.address() as AddressInfo // of a TCP server
  const relay = createServer((client) => {
    counts.connections += 1
    const far = connect(onward, '127.0.0.1')
    for (const socket of [client, far]) keep(socket)
    client.pipe(far).on('close', () => client.destroy())
    far.pipe(client).on('close', () => far.destroy())
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const { port } = relay.address() as AddressInfo // of a TCP server
  return {
    url: `https://127.0.0.1:${port}`,
    counts,
    silenceAll() {
      for (const socket of sockets) socket.unpipe().resume()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all([server, relay].map((each) => new Promise<void>((resolve) => each.close(() => resolve()))))
    },
  }
}
