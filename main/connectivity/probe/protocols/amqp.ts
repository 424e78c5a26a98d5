import type { AmqpGreeting, IdentityFacts } from '../facts.ts'
import type { Target } from '../target.ts'
import type { Parser } from '../transport/buffered-connection.ts'
import { amqpDialect, looksLike, showBytes } from '../wire-signature.ts'
import { fault, type Recognition } from './protocol.ts'

/** Shared by both versions of AMQP: a protocol header of eight bytes. */
export const magic = Buffer.from('AMQP', 'latin1')

/** The first eight bytes, or all bytes once they cannot be AMQP. */
export const parseHeader: Parser<Buffer> = (bytes) => {
  const start = bytes.subarray(0, Math.min(4, bytes.length))
  if (start.length > 0 && !magic.subarray(0, start.length).equals(start))
    return { value: Buffer.from(bytes), used: bytes.length }
  return bytes.length >= 8 ? { value: Buffer.from(bytes.subarray(0, 8)), used: 8 } : undefined
}

export const isHeader = (bytes: Buffer): boolean => bytes.length === 8 && bytes.subarray(0, 4).equals(magic)

/** Bytes other than the expected greeting. */
export const unexpectedBytes = (bytes: Buffer): AmqpGreeting =>
  isHeader(bytes)
    ? { kind: 'header', dialect: amqpDialect(bytes) }
    : { kind: 'bytes', firstBytes: showBytes(bytes), looksLike: looksLike(bytes) }

/** No greeting and unexpected bytes are possible in every protocol; the rest is specific to AMQP. */
export function identityOf(greeting: AmqpGreeting, target: Pick<Target, 'tls'>): IdentityFacts {
  if (greeting.kind === 'no-response') {
    const { reason } = greeting
    if (reason.kind === 'error' && /ALERT/.test(reason.code)) return { kind: 'alert', code: reason.code }
    return { kind: 'no-response', reason, overTls: target.tls }
  }
  return greeting.kind === 'bytes' ? greeting : { kind: 'amqp', greeting }
}

export function wrongDialect(greeting: AmqpGreeting, expected: string): Recognition {
  if (greeting.kind === 'header')
    return fault('identity.dialect', `the server uses ${greeting.dialect}, and the endpoint ${expected}`)
  if (greeting.kind === 'bytes')
    return fault('identity.protocol', `it looks like ${greeting.looksLike}: ${greeting.firstBytes}`)
  return fault('identity.protocol', `a greeting that is not of ${expected}`)
}
