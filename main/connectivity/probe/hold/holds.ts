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
import { HeldConnection, type Hold, type HoldRequest } from './held-connection.ts'
import { holdHttp2 } from './http2.ts'
import { type Exchange, holdIdle } from './idle.ts'
import { holdWebSocket } from './websocket.ts'

/** The header is said again after the silence: no broker takes it twice, so each reacts. No credential is needed. */
const amqp = (header: Buffer): Hold =>
  holdIdle(() => ({
    async begin({ channel }, signal) {
      channel.write(header)
      const seen = await withTimeout(identityLimitMs, signal, (limit) => channel.read(firstBytes, limit))
      return typeof seen === 'object' && seen.kind === 'value'
    },
    word: header,
  }))

/** Something has come; it stays where it is. */
const firstBytes = (bytes: Buffer): { value: true; used: number } | undefined =>
  bytes.length > 0 && parseHeader(bytes) !== undefined ? { value: true, used: 0 } : undefined

const request = (target: Target, path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${hostHeader(target)}\r\nUser-Agent: hangar-check/1\r\nAccept: */*\r\n\r\n`

/** A connection that was asked once and is kept for the next question, as a watch and its client do. */
const keepAlive = ({ target }: HoldRequest): Exchange => ({
  async begin({ channel }, signal) {
    const asked = { method: 'GET', path: target.path ?? '/version', host: hostHeader(target) }
    const seen = await requestHttp1(
      channel,
      { ...asked, headers: { Connection: 'keep-alive' } },
      identityLimitMs,
      signal,
    )
    return seen.kind === 'http' && !channel.ended && !/\bclose\b/i.test(seen.response.headers.connection ?? '')
  },
  word: request(target, target.path ?? '/version'),
})

/** A WebSocket that nobody without credentials gets can be held as far as one gets: before the request. */
const beforeRequest = ({ target }: HoldRequest): Exchange => ({
  begin: () => Promise.resolve(true),
  word: request(target, target.path ?? '/'),
})

const webSocket = (protocols: string, path: string): Hold => {
  return async (holding, signal) => {
    const { target, holdMs, open } = holding
    const opened = await open(signal)
    if (opened === undefined) return { kind: 'unknown', message: 'no connection could be held open' }
    const line = new HeldConnection(opened)
    try {
      const offered = target.expect?.subprotocol ?? protocols
      const facts = await openWebSocket(line.channel, target, target.path ?? path, offered, signal)
      if (facts.kind === 'websocket' && facts.accepted) return await holdWebSocket(line, holdMs, signal)
    } finally {
      line.channel.close()
    }
    return await holdIdle(beforeRequest)(holding, signal)
  }
}

/** The protocols whose connections are meant to last, and how each is held. */
export const holds: Readonly<Partial<Record<Protocol, Hold>>> = {
  wss: webSocket('', '/'),
  'amqp-ws': webSocket('amqp, AMQPWSB10', '/$servicebus/websocket'),
  amqp1: amqp(saslHeader),
  amqp091: amqp(header091),
  grpc: holdHttp2,
  kubernetes: holdIdle(keepAlive),
}
