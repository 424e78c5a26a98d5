import type { Protocol } from '../../../../preload/contract/profiles.ts'
import { identityLimitMs } from '../limits.ts'
import { parseHeader } from '../protocols/amqp.ts'
import { saslHeader } from '../protocols/amqp1.ts'
import { header as header091 } from '../protocols/amqp091.ts'
import { hostHeader } from '../protocols/http.ts'
import { openWebSocket } from '../protocols/wss.ts'
import type { Target } from '../target.ts'
import { requestHttp1 } from '../transport/http1.ts'
import { withTimeout } from '../transport/time-limit.ts'
import { HeldConnection, type Hold, type HoldRequest, notHeld } from './held-connection.ts'
import { holdHttp2 } from './http2.ts'
import { type Exchange, holdIdle } from './idle.ts'
import { holdWebSocket } from './websocket.ts'

/** Sends the protocol header again after the idle time: no broker accepts it twice, so each reacts, without a credential. */
const amqp = (header: Buffer): Hold =>
  holdIdle(() => ({
    async begin({ connection }, signal) {
      connection.write(header)
      const reading = await withTimeout(identityLimitMs, signal, (limit) => connection.read(peekHeader, limit))
      return typeof reading === 'object' && reading.kind === 'value'
    },
    finalData: header,
  }))

/** Waits for a header and leaves it in the buffer. */
const peekHeader = (bytes: Buffer): { value: true; used: number } | undefined =>
  bytes.length > 0 && parseHeader(bytes) !== undefined ? { value: true, used: 0 } : undefined

const getRequest = (target: Target, path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${hostHeader(target)}\r\nUser-Agent: hangar-check/1\r\nAccept: */*\r\n\r\n`

/** A connection that is kept alive between two requests, as clients of an API server do. */
const keepAlive = ({ target }: HoldRequest): Exchange => ({
  async begin({ connection }, signal) {
    const path = target.path ?? '/version'
    const request = { method: 'GET', path, host: hostHeader(target), headers: { Connection: 'keep-alive' } }
    const outcome = await requestHttp1(connection, request, identityLimitMs, signal)
    return outcome.kind === 'http' && !connection.ended && !/\bclose\b/i.test(outcome.response.headers.connection ?? '')
  },
  finalData: getRequest(target, target.path ?? '/version'),
})

/** A WebSocket server that requires credentials: its connection is held before the request. */
const beforeRequest = ({ target }: HoldRequest): Exchange => ({
  begin: () => Promise.resolve(true),
  finalData: getRequest(target, target.path ?? '/'),
})

const webSocket =
  (protocols: string, path: string): Hold =>
  async (request, signal) => {
    const { target, holdMs, open } = request
    const opened = await open(signal)
    if (opened === undefined) return notHeld
    const held = new HeldConnection(opened)
    try {
      const offered = target.expect?.subprotocol ?? protocols
      const facts = await openWebSocket(held.connection, target, target.path ?? path, offered, signal)
      if (facts.kind === 'websocket' && facts.accepted) return await holdWebSocket(held, holdMs, signal)
    } finally {
      held.connection.close()
    }
    return await holdIdle(beforeRequest)(request, signal)
  }

/** The protocols with long-lived connections, and how each is held. */
export const holds: Readonly<Partial<Record<Protocol, Hold>>> = {
  wss: webSocket('', '/'),
  'amqp-ws': webSocket('amqp, AMQPWSB10', '/$servicebus/websocket'),
  amqp1: amqp(saslHeader),
  amqp091: amqp(header091),
  grpc: holdHttp2,
  kubernetes: holdIdle(keepAlive),
}
