import { createSecureServer, createServer, type SecureServerOptions, type ServerHttp2Stream } from 'node:http2'
import { listen, type TestServer, tlsOptions } from './serve.ts'

type Act = (stream: ServerHttp2Stream) => void

const calm =
  (act: Act): Act =>
  (stream) => {
    stream.on('error', () => undefined)
    act(stream)
  }

/** An HTTP/2 server over TLS that handles each request with `act`. */
export function serveHttp2(act: Act, options: SecureServerOptions = {}): Promise<TestServer> {
  const server = createSecureServer({ ...tlsOptions(), ...options })
  server.on('stream', calm(act))
  server.on('sessionError', () => undefined)
  return listen(server)
}

export function serveClearHttp2(act: Act): Promise<TestServer> {
  const server = createServer()
  server.on('stream', calm(act))
  return listen(server)
}

/** A gRPC response with its status in the headers. */
export const grpcStatus =
  (code: string): Act =>
  (stream) =>
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': code, 'grpc-message': 'unknown%20service' },
      { endStream: true },
    )

/** The same with its status in the trailers, as after messages. */
export const trailingStatus =
  (code: string): Act =>
  (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': code }))
    stream.end()
  }
