import type { AmqpGreeting } from '../facts.ts'
import { identityLimitMs } from '../limits.ts'
import { BufferedConnection, type Parser } from '../transport/buffered-connection.ts'
import { TimedOut, withTimeout } from '../transport/time-limit.ts'
import { identityOf, isHeader, magic, unexpectedBytes, wrongDialect } from './amqp.ts'
import { noGreeting } from './amqp1.ts'
import { credentialsRequired, fault, type ProtocolClient } from './protocol.ts'

/** "AMQP", 0, then the version: AMQP 0-9-1 §4.2.2. */
export const header = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1])

/** Method frame, channel 0; class 10, method 10: Connection.Start (§1.4.2.1). */
const startPattern = { type: 1, class: 10, method: 10, end: 0xce }

/** A greeting: the header of another version, or the complete first frame. */
const parseGreeting: Parser<AmqpGreeting> = (bytes) => {
  if (bytes.length === 0) return undefined
  if (bytes[0] === magic[0]) {
    if (bytes.length < 8)
      return magic.subarray(0, Math.min(4, bytes.length)).equals(bytes.subarray(0, 4)) ? undefined : unexpected(bytes)
    const first = bytes.subarray(0, 8)
    return isHeader(first) ? { value: unexpectedBytes(Buffer.from(first)), used: 8 } : unexpected(bytes)
  }
  if (bytes[0] !== startPattern.type) return unexpected(bytes)
  if (bytes.length < 7) return undefined
  const size = bytes.readUInt32BE(3)
  if (size < 10 || size > 60_000 || bytes.readUInt16BE(1) !== 0) return unexpected(bytes)
  if (bytes.length < size + 8) return undefined
  const payload = bytes.subarray(7, 7 + size)
  if (
    payload.readUInt16BE(0) !== startPattern.class ||
    payload.readUInt16BE(2) !== startPattern.method ||
    bytes[7 + size] !== startPattern.end
  )
    return unexpected(bytes)
  return { value: readStart(payload), used: size + 8 }
}

const unexpected = (bytes: Buffer): { value: AmqpGreeting; used: number } => ({
  value: unexpectedBytes(Buffer.from(bytes)),
  used: bytes.length,
})

/** version-major, version-minor, server-properties (a table), mechanisms, locales (long strings). */
function readStart(payload: Buffer): AmqpGreeting {
  const version = `${payload[4]}-${payload[5]}`
  const tableEnd = 10 + payload.readUInt32BE(6)
  const broken: AmqpGreeting = { kind: 'bytes', firstBytes: '', looksLike: 'an invalid AMQP 0-9-1 greeting' }
  if (tableEnd + 4 > payload.length) return broken
  const length = payload.readUInt32BE(tableEnd)
  if (tableEnd + 4 + length > payload.length) return broken
  const properties = payload.toString('latin1', 10, tableEnd)
  const product = /\u0007productS[\s\S]{4}([\x20-\x7e]{1,60}?)(?=[\x00-\x1f]|$)/.exec(properties)?.[1] ?? ''
  return {
    kind: 'start',
    version,
    mechanisms: payload.toString('latin1', tableEnd + 4, tableEnd + 4 + length),
    product,
  }
}

/** A server opens with Connection.Start. The probe does not answer it: it sends no credential. */
export const amqp091: ProtocolClient = {
  defaultPort: 5_671,
  clearPort: 5_672,
  alpn: [],
  async identify({ target, stream }, signal) {
    const connection = new BufferedConnection(stream)
    connection.write(header)
    const reading = await withTimeout(identityLimitMs, signal, (limit) => connection.read(parseGreeting, limit))
    const pending = Buffer.from(connection.pending)
    connection.close()
    if (reading === TimedOut) return identityOf(noGreeting({ kind: 'timeout' }, pending), target)
    if (reading.kind === 'value') return identityOf(reading.value, target)
    return identityOf(
      noGreeting(reading.kind === 'error' ? { kind: 'error', code: reading.code } : { kind: 'closed' }, reading.rest),
      target,
    )
  },
  recognise(facts) {
    if (facts.kind !== 'amqp') return fault('identity.protocol', 'no AMQP')
    const { greeting } = facts
    if (greeting.kind === 'start') {
      if (greeting.version !== '0-9')
        return fault('identity.dialect', `the server uses AMQP ${greeting.version}, and the endpoint AMQP 0-9-1`)
      return credentialsRequired(
        `AMQP 0-9-1${greeting.product === '' ? '' : `, ${greeting.product}`}, with ${greeting.mechanisms}`,
      )
    }
    return wrongDialect(greeting, 'AMQP 0-9-1')
  },
}
