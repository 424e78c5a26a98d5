import type { AmqpGreeting } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import { BufferedConnection, type Parser } from '../transport/buffered-connection.ts'
import { TimedOut, withTimeout } from '../transport/time-limit.ts'
import { identityOf, isHeader, parseHeader, unexpectedBytes, wrongDialect } from './amqp.ts'
import { credentialsRequired, fault, type ProtocolClient, type Recognition, recognised } from './protocol.ts'

/** "AMQP", protocol id 3 (SASL), version 1.0.0: OASIS AMQP 1.0, part 5, §5.3.2. */
export const saslHeader = Buffer.from([0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0])
const plainHeader = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0])

/** A server echoes the header and lists its mechanisms. The probe chooses none: it sends no credential. */
async function greetAmqp1(connection: BufferedConnection, limitMs: number, signal: AbortSignal): Promise<AmqpGreeting> {
  connection.write(saslHeader)
  const greeting = await withTimeout(limitMs, signal, async (limit): Promise<AmqpGreeting> => {
    const header = await connection.read(parseHeader, limit)
    if (header.kind !== 'value')
      return noGreeting(
        header.kind === 'error' ? { kind: 'error', code: header.code } : { kind: 'closed' },
        header.rest,
      )
    if (header.value.equals(plainHeader)) return { kind: 'open' }
    if (!header.value.equals(saslHeader)) return unexpectedBytes(header.value)
    const frame = await withTimeout(limitMs / 2, limit, (inner) => connection.read(parseMechanisms, inner))
    if (frame === TimedOut || frame.kind !== 'value') return { kind: 'header-only' }
    return { kind: 'sasl', mechanisms: frame.value }
  })
  if (greeting !== TimedOut) return greeting
  return connection.pending.length > 0
    ? unexpectedBytes(Buffer.from(connection.pending))
    : { kind: 'no-response', reason: { kind: 'timeout' } }
}

export const noGreeting = (
  reason: Extract<AmqpGreeting, { kind: 'no-response' }>['reason'],
  rest: Buffer,
): AmqpGreeting => (rest.length > 0 && !isHeader(rest) ? unexpectedBytes(rest) : { kind: 'no-response', reason })

/** A SASL frame whose body is the described list sasl-mechanisms (0x40): an array of symbols, or a single one. */
export const parseMechanisms: Parser<readonly string[]> = (bytes) => {
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

export function recogniseAmqp1(greeting: AmqpGreeting): Recognition {
  if (greeting.kind === 'sasl' && greeting.mechanisms.length > 0)
    return credentialsRequired(`AMQP 1.0 with ${greeting.mechanisms.join(' ')}`)
  if (greeting.kind === 'open') return recognised('AMQP 1.0 without SASL')
  if (greeting.kind === 'sasl' || greeting.kind === 'header-only')
    return fault('identity.protocol', 'the server offers no SASL mechanism after its AMQP 1.0 header')
  return wrongDialect(greeting, 'AMQP 1.0')
}

export const amqp1: ProtocolClient = {
  defaultPort: 5_671,
  clearPort: 5_672,
  alpn: [],
  async identify({ target, stream }, signal) {
    const connection = new BufferedConnection(stream)
    const greeting = await greetAmqp1(connection, identityLimitMs, signal)
    connection.close()
    return identityOf(greeting, target)
  },
  recognise: (facts) =>
    facts.kind === 'amqp' ? recogniseAmqp1(facts.greeting) : fault('identity.protocol', 'no AMQP'),
}
