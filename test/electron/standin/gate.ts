import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * The proxy for all of chromium's traffic. It forwards only requests that the stand-in has admitted, so a window or a
 * socket that a page opens has no network access before the host has decided.
 */
export interface Gate {
  readonly port: number
  /** Admits one request for this URL. */
  admit(url: string): void
  close(): void
}

export async function openGate(): Promise<Gate> {
  const admitted = new Map<string, number>()
  const pass = (url: string): boolean => {
    const left = admitted.get(url) ?? 0
    if (left > 0) admitted.set(url, left - 1)
    return left > 0
  }
  const server = createServer((request, response) => {
    const url = request.url ?? ''
    if (pass(url)) forward(url, request, response)
    else response.writeHead(403).end()
  })
  server.on('connect', (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const { port } = server.address() as AddressInfo // a TCP server's address is never a path
  return {
    port,
    admit: (url) => {
      const plain = url.split('#')[0] ?? url
      admitted.set(plain, (admitted.get(plain) ?? 0) + 1)
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

function forward(url: string, request: IncomingMessage, response: ServerResponse): void {
  const onward = ask(url, { method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.writeHead(502).end())
  request.pipe(onward)
}
