import { grpcStatus, serveClearHttp2, serveHttp2, trailingStatus } from '../servers/grpc.ts'
import { json, servePage } from '../servers/http.ts'
import { authority } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'

const calls =
  (act: Parameters<typeof serveHttp2>[0], options: Parameters<typeof serveHttp2>[1] = {}, row: EndpointFields = {}) =>
  async (): Promise<Setup> => ({ row: { port: (await serveHttp2(act, options)).port, protocol: 'grpc', ...row } })
const wants = { requestCert: true, rejectUnauthorized: true, ca: authority.certificate }

export const grpc: readonly Case[] = [
  fine(['identity.http2', 'identity.protocol'], 'a gRPC server without that method', calls(grpcStatus('12'))),
  fine(['identity.http2'], 'a gRPC server with its status in the trailers', calls(trailingStatus('12'))),
  fine(['identity.http2'], 'a gRPC server without TLS', async () => ({
    row: { port: (await serveClearHttp2(grpcStatus('12'))).port, protocol: 'grpc', tls: false },
  })),
  fault('auth.required', 'a gRPC server that requires authentication', calls(grpcStatus('16')), {
    near: ['identity.unavailable'],
  }),
  fault(
    'auth.required',
    'a gRPC server that requires a client certificate, and an endpoint without one',
    calls(grpcStatus('12'), wants),
    { near: ['tls.client-cert'] },
  ),
  fault(
    'tls.client-cert',
    'a gRPC server that requires the client certificate of the endpoint, which is not stored',
    calls(grpcStatus('12'), wants, { clientProfile: { clientCertificate: 'agent' } }),
    { near: ['auth.required'] },
  ),
  fault('identity.unavailable', 'a gRPC proxy without a server behind it', calls(grpcStatus('14')), {
    near: ['auth.required'],
  }),
  fault(
    'identity.http2',
    'an HTTP/1.1 server in place of gRPC',
    async () => ({
      row: { port: (await servePage(json({}))).port, protocol: 'grpc' },
    }),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.http2',
    'a server that negotiates only HTTP/1.1',
    async () => ({
      row: { port: (await servePage(json({}), { ALPNProtocols: ['http/1.1'] })).port, protocol: 'grpc' },
    }),
    { near: ['tls.failed'] },
  ),
  fault(
    'identity.protocol',
    'HTTP/2 without gRPC',
    calls((stream) => {
      stream.respond({ ':status': 404 })
      stream.end('nothing')
    }),
    { near: ['identity.http2'] },
  ),

  fault(
    'identity.protocol',
    'a page with the header of gRPC',
    calls((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/html', 'grpc-status': '12' })
      stream.end('<html>')
    }),
    { near: ['identity.http2'] },
  ),
  fault(
    'identity.protocol',
    'a server that answers in gRPC-Web alone',
    calls((stream) =>
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc-web+proto', 'grpc-status': '12' },
        { endStream: true },
      ),
    ),
    { near: ['identity.grpc-trailers'] },
  ),
  fault(
    'auth.required',
    'a gateway that requires authentication by status and by gRPC at once',
    calls((stream) => {
      stream.respond({ ':status': 401, 'content-type': 'application/grpc', 'grpc-status': '16' })
      stream.end()
    }),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.unavailable',
    'a gRPC proxy that names what it cannot reach as an internal error',
    calls((stream) =>
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '13', 'grpc-message': 'upstream%20reset' },
        { endStream: true },
      ),
    ),
  ),
  fine(
    ['identity.unavailable'],
    'a gRPC server with an internal error of its own',
    calls((stream) =>
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '13', 'grpc-message': 'no%20handler' },
        { endStream: true },
      ),
    ),
  ),
  fault('identity.throttled', 'a gRPC server with exhausted resources', calls(grpcStatus('8')), {
    near: ['identity.unavailable'],
  }),
]
