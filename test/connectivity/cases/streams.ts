import { connectionStart, greeting, header, header091, mechanisms, plain10, sasl } from '../far-ends/amqp.ts'
import { grpcStatus, serveClearHttp2, serveHttp2, trailingStatus } from '../far-ends/grpc.ts'
import { answering, html, json, serveClearPage, servePage, write } from '../far-ends/http.ts'
import { authority, serve, serveTls } from '../far-ends/serve.ts'
import { type Upgrade, upgrading } from '../far-ends/websocket.ts'
import { type Case, fault, fine, type Given, type Scene } from './case.ts'
import { answers } from './pages.ts'

type Act = Parameters<typeof serveTls>[0]
const speaks =
  (protocol: string, act: Act, row: Given = {}) =>
  async (): Promise<Scene> => ({ row: { port: (await serveTls(act)).port, protocol, ...row } })
const inClear = (protocol: string, act: Parameters<typeof serve>[0]) => async (): Promise<Scene> => ({
  row: { port: (await serve(act)).port, protocol, tls: false },
})
const silent: Act = (socket) => void socket.resume()
const echo: Act = (socket) => void socket.pipe(socket)
const lastByteWrong = (): Buffer => {
  const start = connectionStart()
  start[start.length - 1] = 0
  return start
}

export const brokers: readonly Case[] = [
  fault(
    'auth.required',
    'AMQP 1.0 with the mechanisms of Service Bus',
    speaks(
      'amqp1',
      greeting(() => [sasl, mechanisms('MSSBCBS', 'PLAIN', 'ANONYMOUS', 'EXTERNAL')]),
    ),
    { near: ['identity.dialect'] },
  ),
  fault(
    'auth.required',
    'AMQP 1.0 with a single mechanism',
    speaks(
      'amqp1',
      greeting(() => [sasl, mechanisms('PLAIN')]),
    ),
  ),
  fault(
    'auth.required',
    'AMQP 1.0 byte by byte, without TLS',
    inClear('amqp1', (socket) => {
      const whole = Buffer.concat([sasl, mechanisms('PLAIN', 'EXTERNAL')])
      socket.once('data', () => whole.forEach((byte) => void socket.write(Buffer.from([byte]))))
    }),
  ),
  fine(
    ['identity.dialect', 'auth.required'],
    'AMQP 1.0 without SASL',
    speaks(
      'amqp1',
      greeting(() => plain10),
    ),
  ),
  fault('identity.protocol', 'an echo in place of AMQP 1.0', speaks('amqp1', echo), {
    near: ['auth.required', 'identity.dialect'],
  }),
  fault(
    'identity.protocol',
    'AMQP 1.0 that offers no mechanism',
    speaks(
      'amqp1',
      greeting(() => [sasl, mechanisms('')]),
    ),
  ),
  fault(
    'identity.dialect',
    'AMQP 0-9-1 where the row says 1.0',
    speaks(
      'amqp1',
      greeting(() => header091, true),
    ),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.dialect',
    'an AMQP of its own TLS where the row says 1.0',
    speaks(
      'amqp1',
      greeting(() => header(2, 1, 0, 0), true),
    ),
  ),
  fault(
    'identity.dialect',
    'AMQP 0-10 where the row says 1.0',
    speaks(
      'amqp1',
      greeting(() => header(1, 1, 0, 10), true),
    ),
  ),
  fault(
    'auth.required',
    'AMQP 0-9-1 by Connection.Start',
    speaks(
      'amqp091',
      greeting(() => connectionStart({ product: 'RabbitMQ' })),
    ),
    { near: ['identity.dialect', 'identity.protocol'] },
  ),
  fault(
    'identity.dialect',
    'AMQP 1.0 where the row says 0-9-1',
    speaks(
      'amqp091',
      greeting(() => sasl, true),
    ),
  ),
  fault(
    'identity.dialect',
    'AMQP 0-8 where the row says 0-9-1',
    speaks(
      'amqp091',
      greeting(() => connectionStart({ major: 8, minor: 0 })),
    ),
  ),
  fault('identity.dialect', 'an echo in place of AMQP 0-9-1', speaks('amqp091', echo)),
  fault(
    'identity.protocol',
    'a frame that only begins like Connection.Start',
    speaks('amqp091', greeting(lastByteWrong)),
    { near: ['auth.required'] },
  ),
  fault(
    'identity.silent',
    'an HTTP server in place of AMQP, which waits for more',
    speaks(
      'amqp1',
      answering(() => json({})),
    ),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.protocol',
    'an HTTP server that refuses AMQP at once',
    speaks('amqp091', (socket) => void socket.write(write(html('Bad Request', 400)))),
    { near: ['identity.block-page'] },
  ),
  fault(
    'identity.protocol',
    'an SSH server in place of AMQP',
    speaks('amqp1', (socket) => void socket.write('SSH-2.0-x\r\n')),
    { near: ['identity.dialect'] },
  ),
  fault('identity.silent', 'a broker that says nothing', speaks('amqp1', silent), {
    near: ['tls.stalled', 'tcp.timeout'],
  }),
  fault(
    'identity.silent',
    'a broker that hangs up',
    speaks('amqp091', (socket) => void socket.once('data', () => socket.end())),
    { near: ['tcp.reset'] },
  ),
]

const over = (onMessage: Upgrade['onMessage'], subprotocol = 'amqp'): (() => Promise<Scene>) =>
  speaks('amqp-ws', upgrading({ subprotocol, onMessage: onMessage ?? (() => undefined) }))

export const webSockets: readonly Case[] = [
  fine(['identity.websocket', 'identity.protocol'], 'a WebSocket with the right key', speaks('wss', upgrading({}))),
  fault(
    'identity.websocket',
    'a WebSocket with a wrong key',
    speaks('wss', upgrading({ accept: 'c3VyZWx5IG5vdCB0aGUga2V5IQ==' })),
  ),
  fine(
    ['identity.websocket'],
    'a WebSocket with the subprotocol that the row expects',
    speaks('wss', upgrading({ subprotocol: 'v1' }), { expect: { subprotocol: 'v1' } }),
  ),
  fault(
    'identity.protocol',
    'a WebSocket without the subprotocol that the row expects',
    speaks('wss', upgrading({}), { expect: { subprotocol: 'v1' } }),
    { near: ['identity.websocket'] },
  ),
  fault(
    'auth.required',
    'a WebSocket server that asks for a client certificate by 401',
    answers('wss', { status: 401, body: 'no client certificate presented' }),
    { near: ['identity.websocket', 'tls.client-cert'] },
  ),
  fault('auth.required', 'a WebSocket server that forbids', answers('wss', { status: 403 })),
  fault(
    'auth.required',
    'a refusal with the words that the row expects',
    answers(
      'wss',
      { status: 401, body: 'no client certificate presented' },
      { expect: { body: 'no client certificate' } },
    ),
  ),
  fault(
    'identity.protocol',
    'a refusal without the words that the row expects',
    answers('wss', { status: 401, body: 'other' }, { expect: { body: 'no client certificate' } }),
  ),
  fine(
    ['identity.websocket'],
    'a WebSocket server that misses a parameter',
    answers('wss', { status: 400, body: 'missing planeID' }),
  ),
  fine(
    ['identity.websocket'],
    'a WebSocket server that wants the upgrade',
    answers('wss', { status: 426, headers: { Upgrade: 'websocket' } }),
  ),
  fault('identity.websocket', 'a server that takes no notice of the upgrade', answers('wss', json({})), {
    near: ['identity.protocol'],
  }),
  fault('identity.websocket', 'a server without that path', answers('wss', { status: 404 })),
  fault(
    'identity.websocket',
    'a page of an error in place of the upgrade',
    answers('wss', html('<h1>400 Bad Request</h1>', 400)),
    { near: ['identity.block-page'] },
  ),
  fault(
    'auth.required',
    'AMQP over WebSocket in two messages',
    over((payload, send) => {
      send(payload)
      send(mechanisms('PLAIN', 'ANONYMOUS'))
    }, 'AMQPWSB10'),
    { near: ['identity.websocket'] },
  ),
  fault(
    'auth.required',
    'AMQP over WebSocket in one message',
    over((payload, send) => send(Buffer.concat([payload, mechanisms('EXTERNAL')]))),
  ),
  fault(
    'identity.protocol',
    'AMQP over WebSocket without mechanisms',
    over((payload, send) => send(payload)),
  ),
  fault(
    'identity.silent',
    'a WebSocket that does not answer AMQP',
    over(() => undefined),
    { near: ['identity.websocket'] },
  ),
  fault(
    'identity.dialect',
    'AMQP 0-9-1 over WebSocket',
    over((_payload, send) => send(header091)),
  ),
  fault(
    'identity.protocol',
    'other words over WebSocket',
    over((_payload, send) => send(Buffer.from('hello you there'))),
    { near: ['identity.dialect'] },
  ),
  fault('identity.websocket', 'no such path for AMQP over WebSocket', answers('amqp-ws', { status: 404 })),
  fault(
    'auth.required',
    'AMQP over WebSocket behind a sign-in',
    answers('amqp-ws', { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } }),
  ),
  fault('identity.websocket', 'AMQP over WebSocket with a wrong key', speaks('amqp-ws', upgrading({ accept: 'AAAA' }))),
  fault(
    'auth.required',
    'a page that is not there, with the words that the row expects',
    answers('wss', { status: 404, body: 'plane unknown' }, { expect: { body: 'plane unknown' } }),
    { near: ['identity.websocket'] },
  ),
  fault(
    'identity.websocket',
    'a server that the upgrade did not reach',
    answers('wss', { status: 400, headers: { 'Sec-Websocket-Version': '13' }, body: 'Bad Request' }),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.websocket',
    'a server that says it was asked without the upgrade',
    answers('wss', { status: 426, body: 'Upgrade Required' }),
  ),
  fault(
    'identity.unproven',
    'a refusal without TLS, which anyone could utter',
    async () => ({
      row: {
        port: (await serveClearPage({ status: 401, headers: { 'WWW-Authenticate': 'Basic realm="Guest network"' } }))
          .port,
        protocol: 'wss',
        tls: false,
      },
    }),
    { works: false, near: ['auth.required'] },
  ),
]

const calls =
  (act: Parameters<typeof serveHttp2>[0], options: Parameters<typeof serveHttp2>[1] = {}, row: Given = {}) =>
  async (): Promise<Scene> => ({ row: { port: (await serveHttp2(act, options)).port, protocol: 'grpc', ...row } })
const wants = { requestCert: true, rejectUnauthorized: true, ca: authority.certificate }

export const grpc: readonly Case[] = [
  fine(['identity.http2', 'identity.protocol'], 'a gRPC server without that method', calls(grpcStatus('12'))),
  fine(['identity.http2'], 'a gRPC server that says so in trailers', calls(trailingStatus('12'))),
  fine(['identity.http2'], 'a gRPC server without TLS', async () => ({
    row: { port: (await serveClearHttp2(grpcStatus('12'))).port, protocol: 'grpc', tls: false },
  })),
  fault('auth.required', 'a gRPC server that asks who calls', calls(grpcStatus('16')), {
    near: ['identity.unavailable'],
  }),
  fault(
    'auth.required',
    'a gRPC server that wants a client certificate of whoever has none',
    calls(grpcStatus('12'), wants),
    { near: ['tls.client-cert'] },
  ),
  fault(
    'tls.client-cert',
    'a gRPC server that wants the certificate which the row names and nobody stored',
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
    'a server that agrees on HTTP/1.1 alone',
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
  fault('identity.throttled', 'a gRPC server without room', calls(grpcStatus('8')), { near: ['identity.unavailable'] }),
]
