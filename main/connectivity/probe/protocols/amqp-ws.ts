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

/** The OASIS binding's name, and the older one of Service Bus. */
const subprotocols = 'amqp, AMQPWSB10'

/** AMQP 1.0 in the binary frames of a WebSocket: what Service Bus offers on 443. */
export const amqpWs: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  async identify(conversation, signal) {
    const { path, expect } = conversation.target
    const { channel, facts } = await upgrade(
      conversation,
      path ?? '/$servicebus/websocket',
      expect?.subprotocol ?? subprotocols,
      signal,
    )
    const greeting = facts.kind === 'websocket' && facts.accepted ? await greet(channel, signal) : undefined
    channel.close()
    return facts.kind === 'websocket' ? { ...facts, greeting } : facts
  },
  recognise(facts, target) {
    if (facts.kind !== 'websocket') return fault('identity.protocol', 'no HTTP')
    const { response, accepted, subprotocol, greeting } = facts
    if (!accepted)
      return response.status === 101 ? fault('identity.websocket', brokenUpgrade) : refused(response, target)
    if (greeting === undefined || greeting.kind === 'no-response')
      return fault('identity.silent', `a WebSocket (${subprotocol || 'no subprotocol'}) that does not answer AMQP`)
    return recogniseAmqp1(greeting)
  },
}

/** A refusal that only says that the parameters are unknown says nothing of AMQP: its path and subprotocol are fixed. */
function refused(response: HttpResponse, target: Target): Recognition {
  const recognition = refusal(response, target)
  return recognition.kind === 'recognised' && recognition.cause === ''
    ? fault('identity.websocket', recognition.message)
    : recognition
}

/** The same exchange as over TCP; a server may put header and frame into one message or two. */
async function greet(channel: BufferedConnection, signal: AbortSignal): Promise<AmqpGreeting> {
  channel.write(binaryFrame(saslHeader))
  const opening = await listen(channel, Buffer.alloc(0), saslHeader.length, identityLimitMs, signal)
  if (opening.length === 0) return { kind: 'no-response', reason: { kind: 'timeout' } }
  const header = Buffer.from(opening.subarray(0, saslHeader.length))
  if (!header.equals(saslHeader)) return unexpectedBytes(isHeader(header) ? header : opening)
  const said = await listen(channel, opening, saslHeader.length + 1, identityLimitMs / 2, signal)
  const mechanisms = parseMechanisms(said.subarray(saslHeader.length))
  return mechanisms === undefined ? { kind: 'header-only' } : { kind: 'sasl', mechanisms: mechanisms.value }
}

/** What was said so far and what messages bring, until it is long enough, or ends, or takes too long. */
async function listen(
  channel: BufferedConnection,
  before: Buffer<ArrayBuffer>,
  enoughBytes: number,
  limitMs: number,
  signal: AbortSignal,
): Promise<Buffer<ArrayBuffer>> {
  let said = before
  await withTimeout(limitMs, signal, async (limit) => {
    while (said.length < enoughBytes) {
      const frame = await channel.read(parseFrame, limit)
      if (frame.kind !== 'value' || frame.value.opcode === closeOpcode) return
      said = Buffer.concat([said, frame.value.payload])
    }
  })
  return said
}
