import type { AmqpSpeech, HttpFacts } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import type { Target } from '../target.ts'
import type { Channel } from '../transport/channel.ts'
import { within } from '../transport/time-limit.ts'
import { binaryFrame, closeOpcode, takeFrame } from '../transport/websocket.ts'
import { isHeader, wrongBytes } from './amqp.ts'
import { recogniseAmqp1, saslHeader, takeMechanisms } from './amqp1.ts'
import { fault, type ProtocolClient, type Recognition } from './protocol.ts'
import { brokenUpgrade, refusal, upgrade } from './wss.ts'

/** The OASIS binding's name, and the older one of Service Bus. */
const subprotocols = 'amqp, AMQPWSB10'

/** AMQP 1.0 in the binary frames of a WebSocket: what Service Bus offers on 443. */
export const amqpWs: ProtocolClient = {
  defaultPort: 443,
  clearPort: 80,
  alpn: ['http/1.1'],
  async ask(conversation, signal) {
    const { path, expect } = conversation.target
    const { channel, facts } = await upgrade(
      conversation,
      path ?? '/$servicebus/websocket',
      expect?.subprotocol ?? subprotocols,
      signal,
    )
    const speech = facts.kind === 'websocket' && facts.accepted ? await greet(channel, signal) : undefined
    channel.close()
    return facts.kind === 'websocket' ? { ...facts, speech } : facts
  },
  recognise(facts, target) {
    if (facts.kind !== 'websocket') return fault('identity.protocol', 'no HTTP')
    const { answer, accepted, subprotocol, speech } = facts
    if (!accepted) return answer.status === 101 ? fault('identity.websocket', brokenUpgrade) : refused(answer, target)
    if (speech === undefined || speech.kind === 'no-answer')
      return fault('identity.silent', `a WebSocket (${subprotocol || 'no subprotocol'}) that does not answer AMQP`)
    return recogniseAmqp1(speech)
  },
}

/** A refusal that only says that the parameters are unknown says nothing of AMQP: its path and subprotocol are fixed. */
function refused(answer: HttpFacts, target: Target): Recognition {
  const recognition = refusal(answer, target)
  return recognition.kind === 'recognised' && recognition.cause === ''
    ? fault('identity.websocket', recognition.says)
    : recognition
}

/** The same exchange as over TCP; a server may put header and frame into one message or two. */
async function greet(channel: Channel, signal: AbortSignal): Promise<AmqpSpeech> {
  channel.write(binaryFrame(saslHeader))
  const opening = await listen(channel, Buffer.alloc(0), saslHeader.length, identityLimitMs, signal)
  if (opening.length === 0) return { kind: 'no-answer', silence: { kind: 'silent' } }
  const header = Buffer.from(opening.subarray(0, saslHeader.length))
  if (!header.equals(saslHeader)) return wrongBytes(isHeader(header) ? header : opening)
  const said = await listen(channel, opening, saslHeader.length + 1, identityLimitMs / 2, signal)
  const mechanisms = takeMechanisms(said.subarray(saslHeader.length))
  return mechanisms === undefined ? { kind: 'header-only' } : { kind: 'sasl', mechanisms: mechanisms.value }
}

/** What was said so far and what messages bring, until it is long enough, or ends, or takes too long. */
async function listen(
  channel: Channel,
  before: Buffer<ArrayBuffer>,
  enoughBytes: number,
  limitMs: number,
  signal: AbortSignal,
): Promise<Buffer<ArrayBuffer>> {
  let said = before
  await within(limitMs, signal, async (limit) => {
    while (said.length < enoughBytes) {
      const frame = await channel.read(takeFrame, limit)
      if (frame.kind !== 'value' || frame.value.opcode === closeOpcode) return
      said = Buffer.concat([said, frame.value.payload])
    }
  })
  return said
}
