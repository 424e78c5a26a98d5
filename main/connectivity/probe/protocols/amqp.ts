import type { AmqpGreeting, IdentityFacts } from '../facts.ts'
import type { Target } from '../target.ts'
import type { Parser } from '../transport/buffered-connection.ts'
import { amqpDialect, looksLike, showBytes } from '../wire-signature.ts'
import { fault, type Recognition } from './protocol.ts'

/** What both dialects of AMQP share: eight bytes of header, and being mistaken for one another. */
export const magic = Buffer.from('AMQP', 'latin1')

/** The first eight bytes, or whatever came in their place once it is no AMQP. */
export const parseHeader: Parser<Buffer> = (bytes) => {
  const start = bytes.subarray(0, Math.min(4, bytes.length))
  if (start.length > 0 && !magic.subarray(0, start.length).equals(start))
    return { value: Buffer.from(bytes), used: bytes.length }
  return bytes.length >= 8 ? { value: Buffer.from(bytes.subarray(0, 8)), used: 8 } : undefined
}

export const isHeader = (bytes: Buffer): boolean => bytes.length === 8 && bytes.subarray(0, 4).equals(magic)

/** Bytes that are neither the expected answer nor nothing. */
export const unexpectedBytes = (bytes: Buffer): AmqpGreeting =>
  isHeader(bytes)
    ? { kind: 'header', dialect: amqpDialect(bytes) }
    : { kind: 'bytes', firstBytes: showBytes(bytes), looksLike: looksLike(bytes) }

/** A speech of nothing or of other bytes is what any protocol may meet; the rest is AMQP's own. */
export function identityOf(greeting: AmqpGreeting, target: Pick<Target, 'tls'>): IdentityFacts {
  if (greeting.kind === 'no-response') {
    const { reason } = greeting
    if (reason.kind === 'error' && /ALERT/.test(reason.code)) return { kind: 'alert', code: reason.code }
    return { kind: 'no-response', reason, overTls: target.tls }
  }
  return greeting.kind === 'bytes' ? greeting : { kind: 'amqp', greeting }
}

export function wrongDialect(greeting: AmqpGreeting, wanted: string): Recognition {
  if (greeting.kind === 'header')
    return fault('identity.dialect', `it speaks ${greeting.dialect}, and the row ${wanted}`)
  if (greeting.kind === 'bytes')
    return fault('identity.protocol', `it looks like ${greeting.looksLike}: ${greeting.firstBytes}`)
  return fault('identity.protocol', `an answer that is not ${wanted}’s`)
}
