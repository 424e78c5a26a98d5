import { createSecureServer, type ServerHttp2Stream } from 'node:http2'
import type { Authority } from './authority.ts'
import { type ListenAddress, type PeerServer, startPeerServer } from './peer-server.ts'

const watchPath = '/hangar.adaptor.v1.GlobalAdaptor/Watch'
const beatMs = 5_000
const grpc = { ':status': 200, 'content-type': 'application/grpc', server: 'global-adaptor' } as const
/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const status = { unimplemented: '12', unauthenticated: '16' } as const

/** A protobuf message with field 1, a number below 128: the version of the APIs. */
const versionMessage = (version: number): Buffer => Buffer.from([0, 0, 0, 0, 2, 0x08, version & 127])

const watch = (stream: ServerHttp2Stream): void => {
  let version = 0
  stream.respond(grpc, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  const tell = () => {
    version += 1
    stream.write(versionMessage(version))
  }
  tell()
  const beat = setInterval(tell, beatMs)
  stream.on('close', () => clearInterval(beat))
}

/** The global adaptor: gRPC over HTTP/2 only, with one method, which requires a client certificate. */
export const startGlobalAdaptor = (
  listenAddress: ListenAddress,
  authority: Authority,
  signal: AbortSignal,
): Promise<PeerServer> =>
  startPeerServer(
    listenAddress,
    () => {
      const { certificate: cert, key } = authority.issue({
        names: [listenAddress.host],
        addresses: [listenAddress.address],
      })
      const server = createSecureServer({
        cert,
        key,
        ca: authority.certificate,
        requestCert: true,
        rejectUnauthorized: false,
        allowHTTP1: false,
        ALPNProtocols: ['h2'],
      })
      server.on('sessionError', () => undefined)
      server.on('session', (session) => session.on('error', () => session.destroy()))
      server.on('stream', (stream, headers) => {
        stream.on('error', () => stream.destroy())
        const end = (code: string, message: string) =>
          stream.respond(
            { ...grpc, 'grpc-status': code, 'grpc-message': encodeURIComponent(message) },
            { endStream: true },
          )
        // The session's socket is a Proxy object, so `in` does not find its methods.
        const isKnown = Reflect.get(Object(stream.session?.socket), 'authorized') === true
        if (headers[':path'] !== watchPath)
          end(status.unimplemented, `unknown method ${String(headers[':path']).slice(0, 100)}`)
        else if (!isKnown) end(status.unauthenticated, 'no client certificate that this adaptor knows')
        else watch(stream)
      })
      return server
    },
    signal,
  )
