import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that the window must never reach. It records its requests. */
export interface Outside {
  /** Its origin. */
  readonly address: string
  /** The paths of its requests, upgrades included. */
  readonly requests: string[]
  close(): Promise<void>
}

/** `/page` is an empty page, `/moved` redirects to it; all other responses are empty. */
export async function startOutside(): Promise<Outside> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    if (path !== '/favicon.ico') requests.push(path)
    if (path === '/moved') return response.writeHead(302, { location: '/page' }).end()
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' })
    response.end(path === '/page' ? '<!doctype html><title>Outside</title>' : '')
  })
  server.on('upgrade', (request, socket) => {
    requests.push(request.url ?? '')
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server's address is never a path
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
