import { createServer } from 'node:https'

/**
 * An HTTPS server in its own process, for other network namespaces. It answers every request with the version of an API server.
 * Reads a `StandaloneServer` as JSON from stdin, prints `up`, and ends when its stdin does.
 */
export interface StandaloneServer {
  readonly certificate: string
  readonly key: string
  readonly addresses: readonly string[]
  readonly port: number
}

const reader = process.stdin[Symbol.asyncIterator]()
const first = await reader.next()
const { certificate, key, addresses, port }: StandaloneServer = JSON.parse(String(first.value))
await Promise.all(
  addresses.map((host) => {
    const server = createServer({ cert: certificate, key }, (_request, response) => {
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end('{"major":"1","minor":"36","gitVersion":"v1.36.0"}')
    })
    // Long, so that only the network interrupts idle connections.
    server.keepAliveTimeout = 60_000
    server.on('clientError', (_error, socket) => socket.destroy())
    return new Promise<void>((resolve) => server.listen(port, host, resolve))
  }),
)
process.stdout.write('up\n')
await reader.next()
process.exit()
