import type { AmqpSpeech } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import { Channel, type Take } from '../transport/channel.ts'
import { late, within } from '../transport/time-limit.ts'
import { identityOf, isHeader, takeHeader, wrongBytes, wrongDialect } from './amqp.ts'
import { asksForCredentials, fault, type ProtocolClient, type Recognition, recognised } from './protocol.ts'

/** "AMQP", protocol id 3 (SASL), version 1.0.0: OASIS AMQP 1.0, part 5, §5.3.2. */
export const saslHeader = Buffer.from([0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0])
const plainHeader = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0])

/** A server echoes the header and lists its mechanisms. Nothing is chosen: no credential is sent. */
async function greetAmqp1(channel: Channel, limitMs: number, signal: AbortSignal): Promise<AmqpSpeech> {
  channel.write(saslHeader)
  const speech = await within(limitMs, signal, async (limit): Promise<AmqpSpeech> => {
    const header = await channel.read(takeHeader, limit)
    if (header.kind !== 'value')
      return nothing(header.kind === 'cut' ? { kind: 'cut', code: header.code } : { kind: 'closed' }, header.rest)
    if (header.value.equals(plainHeader)) return { kind: 'open' }
    if (!header.value.equals(saslHeader)) return wrongBytes(header.value)
    const frame = await within(limitMs / 2, limit, (inner) => channel.read(takeMechanisms, inner))
    if (frame === late || frame.kind !== 'value') return { kind: 'header-only' }
    return { kind: 'sasl', mechanisms: frame.value }
  })
  if (speech !== late) return speech
  return channel.pending.length > 0
    ? wrongBytes(Buffer.from(channel.pending))
    : { kind: 'no-answer', silence: { kind: 'silent' } }
}

export const nothing = (silence: Extract<AmqpSpeech, { kind: 'no-answer' }>['silence'], rest: Buffer): AmqpSpeech =>
  rest.length > 0 && !isHeader(rest) ? wrongBytes(rest) : { kind: 'no-answer', silence }

/** A SASL frame whose body is the described list sasl-mechanisms (0x40): an array of symbols, or a single one. */
export const takeMechanisms: Take<readonly string[]> = (bytes) => {
  if (bytes.length < 8) return undefined
  const size = bytes.readUInt32BE(0)
  const none = { value: [], used: bytes.length } as const
  if (size < 8 || size > 8_192 || bytes[5] !== 1) return none
  if (bytes.length < size) return undefined
  const offset = 4 * (bytes[4] ?? 2)
  const body = bytes.subarray(offset, size)
  if (!isMechanismsList(body)) return none
  return { value: symbols(body), used: size }
}

/** `00 53 40`, or the descriptor as a full ulong, or by its name. */
function isMechanismsList(body: Buffer): boolean {
  if (body[0] !== 0) return false
  return (
    (body[1] === 0x53 && body[2] === 0x40) ||
    (body[1] === 0x80 && body[9] === 0x40) ||
    body.includes('amqp:sasl-mechanisms:list')
  )
}

/** Names of SASL mechanisms (RFC 4422 §3.1: capitals, digits, hyphens, underscores) in what follows the descriptor. */
const symbols = (body: Buffer): readonly string[] =>
  body
    .toString('latin1')
    .match(/[A-Z][A-Z0-9_-]{2,19}/g)
    ?.slice(0, 32) ?? []

export function recogniseAmqp1(speech: AmqpSpeech): Recognition {
  if (speech.kind === 'sasl' && speech.mechanisms.length > 0)
    return asksForCredentials(`AMQP 1.0, offers ${speech.mechanisms.join(' ')}`)
  if (speech.kind === 'open') return recognised('AMQP 1.0 without SASL')
  if (speech.kind === 'sasl' || speech.kind === 'header-only')
    return fault('identity.protocol', 'it echoes the AMQP 1.0 header and offers no SASL mechanism')
  return wrongDialect(speech, 'AMQP 1.0')
}

export const amqp1: ProtocolClient = {
  defaultPort: 5_671,
  clearPort: 5_672,
  alpn: [],
  async ask({ target, stream }, signal) {
    const channel = new Channel(stream)
    const speech = await greetAmqp1(channel, identityLimitMs, signal)
    channel.close()
    return identityOf(speech, target)
  },
  recognise: (facts) => (facts.kind === 'amqp' ? recogniseAmqp1(facts.speech) : fault('identity.protocol', 'no AMQP')),
}
