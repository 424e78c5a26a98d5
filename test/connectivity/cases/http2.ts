import { constants, type ServerHttp2Stream } from 'node:http2'
import { grpcStatus, serveHttp2 } from '../servers/grpc.ts'
import { json, servePage } from '../servers/http.ts'
import { name } from '../servers/serve.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'

/** What servers and devices do with HTTP/2. What Java's client does with GOAWAY is decided by the one that is installed. */

const over =
  (act: (stream: ServerHttp2Stream) => void, row: EndpointFields = {}) =>
  async (): Promise<Setup> => ({ row: { port: (await serveHttp2(act)).port, ...row } })
const grpc = { protocol: 'grpc' } as const
const of = (runtime: string): EndpointFields => ({ clientProfile: { runtime } })

const page = (stream: ServerHttp2Stream): void => {
  stream.respond({ ':status': 200, 'content-type': 'application/json' })
  stream.end('{}')
}
const http =
  (status: number, headers: Readonly<Record<string, string>>, body = '') =>
  (stream: ServerHttp2Stream) => {
    stream.respond({ ':status': status, ...headers })
    stream.end(body)
  }
const goaway = (stream: ServerHttp2Stream, code: number, lastStream: number, debug = ''): void =>
  stream.session?.goaway(code, lastStream, Buffer.from(debug))
/** Ends the connection in an orderly way, and answers what it has received. */
const graceful =
  (answer: (stream: ServerHttp2Stream) => void) =>
  (stream: ServerHttp2Stream): void => {
    goaway(stream, constants.NGHTTP2_NO_ERROR, stream.id ?? 0)
    // A client that leaves at the GOAWAY has destroyed its stream by then.
    setTimeout(() => {
      if (!stream.destroyed) answer(stream)
    }, 50)
  }
/** The first connection is ended before its request is processed. */
const refusing = (answer: (stream: ServerHttp2Stream) => void, connections = Number.POSITIVE_INFINITY) => {
  let seen = 0
  return (stream: ServerHttp2Stream): void => {
    seen += 1
    if (seen > connections) answer(stream)
    else {
      goaway(stream, constants.NGHTTP2_NO_ERROR, 0)
      stream.close(constants.NGHTTP2_REFUSED_STREAM)
    }
  }
}
/** The first request is refused without processing, on a connection that stays. */
const refusingOnce = (answer: (stream: ServerHttp2Stream) => void): ((stream: ServerHttp2Stream) => void) => {
  let seen = 0
  return (stream) => {
    seen += 1
    if (seen > 1) answer(stream)
    else stream.close(constants.NGHTTP2_REFUSED_STREAM)
  }
}
const calm = (stream: ServerHttp2Stream): void =>
  goaway(stream, constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, 'too_many_pings')
const resetting = (code: number) => (stream: ServerHttp2Stream) => stream.close(code)
const html503 = http(503, { 'content-type': 'text/html', server: 'balancer' }, '<html><h1>503 Service Unavailable</h1>')

export const http2Cases: readonly Case[] = [
  fine(['identity.http2', 'identity.alpn'], 'an HTTPS server with HTTP/2 alone', over(page)),
  fine(['identity.http2', 'identity.alpn'], 'an HTTPS server with HTTP/2 alone, for Java', over(page, of('java'))),
  fine(['identity.alpn'], 'an HTTPS server with HTTP/1.1 alone, for Node.js', async () => ({
    row: { port: (await servePage(json({}), { ALPNProtocols: ['http/1.1'] })).port, ...of('node') },
  })),
  fault('identity.alpn', 'an HTTPS server with HTTP/2 alone, for Node.js', over(page, of('node')), {
    near: ['identity.http2', 'tls.failed'],
  }),
  fault('identity.alpn', 'a WebSocket behind a server with HTTP/2 alone', over(page, { protocol: 'wss' }), {
    near: ['identity.http2', 'identity.websocket'],
  }),
  fault(
    'identity.alpn',
    'an HTTPS server that negotiates another protocol alone',
    async () => ({ row: { port: (await servePage(json({}), { ALPNProtocols: ['x-amzn-mqtt-ca'] })).port } }),
    { near: ['identity.http2'] },
  ),

  fault(
    'identity.http1-required',
    'a request that is answered over HTTP/1.1 only',
    over(resetting(constants.NGHTTP2_HTTP_1_1_REQUIRED)),
    {
      near: ['identity.http2', 'identity.http2-ended'],
    },
  ),
  fault(
    'identity.http1-required',
    'a gRPC call that is answered over HTTP/1.1 only',
    over(resetting(constants.NGHTTP2_HTTP_1_1_REQUIRED), grpc),
    { near: ['identity.http2'] },
  ),
  fault(
    'identity.http1-required',
    'a connection that is ended because it is HTTP/2',
    over((stream) => goaway(stream, constants.NGHTTP2_HTTP_1_1_REQUIRED, 0)),
  ),
  fault('identity.too-many-pings', 'a server that ends HTTP/2 because of pings', over(calm), {
    near: ['identity.http2', 'identity.throttled', 'identity.http2-ended'],
  }),
  fault('identity.too-many-pings', 'a gRPC server that ends a connection because of pings', over(calm, grpc), {
    near: ['identity.http2'],
  }),
  fault(
    'identity.http2-ended',
    'a request that ends with an internal error',
    over(resetting(constants.NGHTTP2_INTERNAL_ERROR)),
    {
      near: ['identity.throttled', 'identity.http2', 'identity.http1-required', 'identity.too-many-pings'],
    },
  ),
  fault(
    'identity.http2-ended',
    'a gRPC connection that ends with a protocol error',
    over((stream) => goaway(stream, constants.NGHTTP2_PROTOCOL_ERROR, 0), grpc),
    { near: ['identity.http2'] },
  ),
  fault('identity.http2-ended', 'a server that ends every connection before its request', over(refusing(page)), {
    near: ['identity.unavailable', 'identity.silent'],
  }),
  fine(
    ['identity.http2', 'identity.http2-ended'],
    'an orderly end of the connection, and the answer',
    over(graceful(page)),
  ),
  fine(
    ['identity.http2', 'identity.http2-ended', 'identity.too-many-pings'],
    'an orderly end of a gRPC connection, and the answer',
    over(graceful(grpcStatus('12')), grpc),
  ),
  fine(['identity.http2-ended'], 'an orderly end of a connection before its request', async () => ({
    row: { port: (await serveHttp2(refusing(page, 1))).port },
  })),
  fault(
    'identity.goaway',
    'an orderly end of the connection, and the answer, for Java',
    over(graceful(page), of('java')),
    { near: ['identity.http2-ended'] },
  ),
  fault('identity.goaway', 'an orderly end of a connection before its request, for Java', async () => ({
    row: { port: (await serveHttp2(refusing(page, 1))).port, ...of('java') },
  })),
  fault('identity.goaway', 'a first request that is refused without processing, for Java', async () => ({
    row: { port: (await serveHttp2(refusingOnce(page))).port, ...of('java') },
  })),
  fine(['identity.goaway'], 'a first request that is refused without processing', async () => ({
    row: { port: (await serveHttp2(refusingOnce(page))).port },
  })),
  fault(
    'identity.http2-ended',
    'a server that ends every connection before its request, for Java',
    over(refusing(page), of('java')),
    { near: ['identity.goaway'] },
  ),
  fault('identity.http1-required', 'a request that is answered over HTTP/1.1 only, for Java', () =>
    over(resetting(constants.NGHTTP2_HTTP_1_1_REQUIRED), of('java'))(),
  ),
  fault(
    'identity.throttled',
    'a server that refuses requests over HTTP/2 because they are too many',
    () => over(resetting(constants.NGHTTP2_ENHANCE_YOUR_CALM))(),
    { near: ['identity.too-many-pings', 'identity.http2-ended'], works: false },
  ),
  fault(
    'identity.throttled',
    'a server that ends HTTP/2 because of too many connections, and says so',
    () => over((stream) => goaway(stream, constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, 'connection_limit'))(),
    { near: ['identity.too-many-pings'], works: false },
  ),
  fine(['identity.http2-ended'], 'an orderly end of a gRPC connection before its call', async () => ({
    row: { port: (await serveHttp2(refusing(grpcStatus('12'), 1))).port, ...grpc },
  })),

  fault('identity.unavailable', 'a load balancer’s page with status 503 in place of gRPC', over(html503, grpc), {
    near: ['identity.protocol', 'identity.block-page', 'identity.http2'],
  }),
  fault(
    'identity.unavailable',
    'Envoy’s text with status 503 in place of gRPC',
    over(http(503, { 'content-type': 'text/plain', server: 'envoy' }, 'no healthy upstream'), grpc),
    { near: ['identity.protocol', 'identity.grpc-trailers'] },
  ),
  fault('identity.unavailable', 'an HTTPS server with status 502 over HTTP/2', over(http(502, {}))),
  fault('identity.throttled', 'status 429 in place of gRPC', over(http(429, { 'content-type': 'text/plain' }), grpc), {
    near: ['identity.protocol'],
  }),
  fault(
    'identity.redirect',
    'a redirect to another host in place of gRPC',
    over(http(302, { location: 'https://login.example.test/oauth2/start' }), grpc),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.redirect',
    'a redirect to a host that the endpoint names, in place of gRPC',
    async () => {
      let location = ''
      const { port } = await serveHttp2((stream) => http(301, { location })(stream))
      location = `https://${name}:${port}/grpc/`
      return { row: { port, ...grpc, companions: [{ host: name, port, why: 'sign-in' }] } }
    },
    { near: ['identity.protocol'] },
  ),
  fault(
    'auth.required',
    'status 401 of a gateway before a gRPC server',
    over(http(401, { 'www-authenticate': 'Bearer realm="gateway"', 'content-type': 'application/json' }, '{}'), grpc),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.grpc-trailers',
    'a gRPC answer without its trailers',
    over((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
      stream.end(Buffer.alloc(5))
    }, grpc),
    { near: ['identity.protocol', 'identity.http2'] },
  ),
  fault(
    'identity.http2',
    'a load balancer whose target group does not use gRPC',
    over(http(464, { server: 'awselb/2.0' }), grpc),
    { near: ['identity.protocol', 'identity.protected'] },
  ),
  fault(
    'identity.grpc-trailers',
    'a gRPC answer of headers alone, without a status',
    over(
      (stream) => stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { endStream: true }),
      grpc,
    ),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.protocol',
    'a JSON answer with status 200 in place of gRPC',
    over(http(200, { 'content-type': 'application/json' }, '{}'), grpc),
    { near: ['identity.grpc-trailers'] },
  ),
  fault(
    'identity.block-page',
    'a block page over HTTP/2',
    over(http(403, { 'content-type': 'text/html' }, '<html>Access to this site is blocked by policy')),
    { near: ['auth.required'] },
  ),
]
