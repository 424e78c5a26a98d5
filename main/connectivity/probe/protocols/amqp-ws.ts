import type { AmqpGreeting, HttpResponse } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import type { Target } from '../target.ts'
import type { BufferedConnection } from '../transport/buffered-connection.ts'
import { withTimeout } from '../transport/time-limit.ts'
import { binaryFrame, closeOpcode, parseFrame } from '../transport/websocket.ts'
import { isHeader, unexpectedBytes } from './amqp.ts'
import { parseMechanisms, recogniseAmqp1, saslHeader } from './amqp1.ts'
import { fault, type ProtocolClient, type Recognition } from './protocol.ts'
import { brokenUpgrade, refusal, upgrade } from './wss.ts'

/** The subprotocol of the OASIS binding, and the older one of Service Bus. */
const subprotocols = 'amqp, AMQPWSB10'

/** AMQP 1.0 in binary WebSocket frames, as Service Bus offers it on port 443. */
export const amqpWs: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  async identify(ready, signal) {
    const { path, expect } = ready.target
    const { connection, facts } = await upgrade(
      ready,
      path ?? '/$servicebus/websocket',
      expect?.subprotocol ?? subprotocols,
      signal,
    )
    const greeting = facts.kind === 'websocket' && facts.accepted ? await readGreeting(connection, signal) : undefined
    connection.close()
    return facts.kind === 'websocket' ? { ...facts, greeting } : facts
  },
  recognise(facts, target) {
    if (facts.kind !== 'websocket') return fault('identity.protocol', 'no HTTP')
    const { response, accepted, subprotocol, greeting } = facts
    if (!accepted)
      return response.status === 101 ? fault('identity.websocket', brokenUpgrade) : refused(response, target)
    if (greeting === undefined || greeting.kind === 'no-response')
      return fault('identity.silent', `a WebSocket (${subprotocol || 'no subprotocol'}) that does not respond to AMQP`)
    return recogniseAmqp1(greeting)
  },
}

/** Path and subprotocol of AMQP are fixed, so a refusal of the request's parameters proves no AMQP server. */
function refused(response: HttpResponse, target: Target): Recognition {
  const recognition = refusal(response, target)
  return recognition.kind === 'recognised' && recognition.cause === ''
    ? fault('identity.websocket', recognition.message)
    : recognition
}

/** The same exchange as over TCP. A server may send header and frame in one message or two. */
async function readGreeting(connection: BufferedConnection, signal: AbortSignal): Promise<AmqpGreeting> {
  connection.write(binaryFrame(saslHeader))
  const opening = await readPayload(connection, Buffer.alloc(0), saslHeader.length, identityLimitMs, signal)
  if (opening.length === 0) return { kind: 'no-response', reason: { kind: 'timeout' } }
  const header = Buffer.from(opening.subarray(0, saslHeader.length))
  if (!header.equals(saslHeader)) return unexpectedBytes(isHeader(header) ? header : opening)
  const greeting = await readPayload(connection, opening, saslHeader.length + 1, identityLimitMs / 2, signal)
  const mechanisms = parseMechanisms(greeting.subarray(saslHeader.length))
  return mechanisms === undefined ? { kind: 'header-only' } : { kind: 'sasl', mechanisms: mechanisms.value }
}

/** The payload of frames, added to `before`, until it is long enough, the connection ends or the time limit is reached. */
async function readPayload(
  connection: BufferedConnection,
  before: Buffer<ArrayBuffer>,
  enoughBytes: number,
  limitMs: number,
  signal: AbortSignal,
): Promise<Buffer<ArrayBuffer>> {
  let payload = before
  await withTimeout(limitMs, signal, async (limit) => {
    while (payload.length < enoughBytes) {
      const frame = await connection.read(parseFrame, limit)
      if (frame.kind !== 'value' || frame.value.opcode === closeOpcode) return
      payload = Buffer.concat([payload, frame.value.payload])
    }
  })
  return payload
}
