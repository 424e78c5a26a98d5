import { header091, mechanisms } from '../servers/amqp.ts'
import { html, json, serveClearPage } from '../servers/http.ts'
import { serveTls } from '../servers/serve.ts'
import { type Upgrade, upgrading } from '../servers/websocket.ts'
import { type Case, type EndpointFields, fault, fine, type Setup } from './case.ts'
import { answers } from './pages.ts'

type Act = Parameters<typeof serveTls>[0]
const speaks =
  (protocol: string, act: Act, row: EndpointFields = {}) =>
  async (): Promise<Setup> => ({ row: { port: (await serveTls(act)).port, protocol, ...row } })
const over = (onMessage: Upgrade['onMessage'], subprotocol = 'amqp'): (() => Promise<Setup>) =>
  speaks('amqp-ws', upgrading({ subprotocol, onMessage: onMessage ?? (() => undefined) }))

/** Accepts the upgrade, then closes the WebSocket with a code and a reason. */
const closing =
  (code: number, reason = ''): Act =>
  (socket) => {
    upgrading({})(socket)
    const frame = Buffer.from([0x88, 2 + reason.length, code >> 8, code & 0xff, ...Buffer.from(reason)])
    socket.once('data', () => setTimeout(() => socket.end(frame), 20))
  }

/** Accepts the upgrade, then drops the connection without a close frame and without a shutdown of TLS. */
const dropping =
  (afterMs: number): Act =>
  (socket) => {
    upgrading({})(socket)
    socket.once('data', () => setTimeout(() => socket.destroy(), afterMs))
  }

export const webSockets: readonly Case[] = [
  fine(['identity.websocket', 'identity.protocol'], 'a WebSocket with the right key', speaks('wss', upgrading({}))),
  fault(
    'identity.websocket',
    'a WebSocket with a wrong key',
    speaks('wss', upgrading({ accept: 'c3VyZWx5IG5vdCB0aGUga2V5IQ==' })),
  ),
  fine(
    ['identity.websocket'],
    'a WebSocket with the subprotocol that the endpoint expects',
    speaks('wss', upgrading({ subprotocol: 'v1' }), { expect: { subprotocol: 'v1' } }),
  ),
  fault(
    'identity.websocket',
    'a WebSocket that is dropped soon after it was accepted, in a deep check',
    async () => ({ ...(await speaks('wss', dropping(300))()), holdSeconds: 4 }),
    { near: ['idle.cut'] },
  ),
  fault(
    'identity.protocol',
    'a WebSocket without the subprotocol that the endpoint expects',
    speaks('wss', upgrading({}), { expect: { subprotocol: 'v1' } }),
    { near: ['identity.websocket'] },
  ),
  fault(
    'auth.required',
    'a WebSocket server that requires a client certificate with a 401',
    answers('wss', { status: 401, body: 'no client certificate presented' }),
    { near: ['identity.websocket', 'tls.client-cert'] },
  ),
  fault('auth.required', 'a WebSocket server that answers 403', answers('wss', { status: 403 })),
  fault(
    'auth.required',
    'a refusal with the text that the endpoint expects',
    answers(
      'wss',
      { status: 401, body: 'no client certificate presented' },
      { expect: { body: 'no client certificate' } },
    ),
  ),
  fault(
    'identity.protocol',
    'a refusal without the text that the endpoint expects',
    answers('wss', { status: 401, body: 'other' }, { expect: { body: 'no client certificate' } }),
  ),
  fine(
    ['identity.websocket'],
    'a WebSocket server that reports a missing parameter',
    answers('wss', { status: 400, body: 'missing planeID' }),
  ),
  fine(
    ['identity.websocket'],
    'a WebSocket server that requires the upgrade',
    answers('wss', { status: 426, headers: { Upgrade: 'websocket' } }),
  ),
  fault('identity.websocket', 'a server that ignores the upgrade', answers('wss', json({})), {
    near: ['identity.protocol'],
  }),
  fault('identity.websocket', 'a server without that path', answers('wss', { status: 404 })),
  fault(
    'identity.websocket',
    'an error page in place of the upgrade',
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
    'another protocol over WebSocket',
    over((_payload, send) => send(Buffer.from('hello you there'))),
    { near: ['identity.dialect'] },
  ),
  fault('identity.websocket', 'AMQP over WebSocket at a path that does not exist', answers('amqp-ws', { status: 404 })),
  fault(
    'auth.required',
    'AMQP over WebSocket behind a sign-in',
    answers('amqp-ws', { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } }),
  ),
  fault('identity.websocket', 'AMQP over WebSocket with a wrong key', speaks('amqp-ws', upgrading({ accept: 'AAAA' }))),
  fault(
    'auth.required',
    'a 404 with the text that the endpoint expects',
    answers('wss', { status: 404, body: 'plane unknown' }, { expect: { body: 'plane unknown' } }),
    { near: ['identity.websocket'] },
  ),
  fault(
    'identity.websocket',
    'a server that did not receive the upgrade',
    answers('wss', { status: 400, headers: { 'Sec-Websocket-Version': '13' }, body: 'Bad Request' }),
    { near: ['identity.protocol'] },
  ),
  fault(
    'identity.websocket',
    'a server that reports a request without the upgrade',
    answers('wss', { status: 426, body: 'Upgrade Required' }),
  ),
  fault(
    'identity.unproven',
    'a refusal without TLS, which any server can send',
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

  fault(
    'identity.websocket',
    'a WebSocket whose connection is gone 50 ms after the upgrade',
    speaks('wss', (socket) => {
      upgrading({})(socket)
      socket.once('data', () => setTimeout(() => socket.destroy(), 50))
    }),
    { near: ['identity.silent'] },
  ),
  fault(
    'identity.websocket',
    'a WebSocket server that closes the WebSocket at once, without a reason',
    speaks('wss', closing(1_000)),
  ),
  fault(
    'identity.unavailable',
    'a WebSocket server that closes the WebSocket because it restarts',
    speaks('wss', closing(1_012)),
    { near: ['identity.websocket'] },
  ),
  fault(
    'auth.required',
    'a WebSocket server that closes the WebSocket without credentials',
    speaks('wss', closing(1_008)),
    { near: ['identity.websocket'] },
  ),
  fault(
    'identity.unavailable',
    'a WebSocket server that closes the WebSocket because it goes away',
    speaks('wss', closing(1_001)),
    { near: ['identity.websocket'] },
  ),
  fault(
    'identity.throttled',
    'a WebSocket server that closes the WebSocket of too many requests',
    speaks('wss', closing(4_429)),
    { near: ['identity.websocket'] },
  ),
  fault(
    'auth.required',
    'a WebSocket server that says why it closes the WebSocket: no token',
    speaks('wss', closing(4_000, 'missing token')),
    { near: ['identity.websocket'] },
  ),
  fault(
    'identity.websocket',
    'a WebSocket server that says why it closes the WebSocket: another version',
    speaks('wss', closing(4_000, 'unsupported client')),
    { near: ['auth.required', 'identity.throttled'] },
  ),
  fine(
    ['identity.websocket'],
    'a WebSocket that its server ends after two seconds',
    speaks('wss', (socket) => {
      upgrading({})(socket)
      const timer = setTimeout(() => socket.destroy(), 2_000)
      socket.once('close', () => clearTimeout(timer))
    }),
  ),
]
