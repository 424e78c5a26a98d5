import type { AmqpSpeech, IdentityFacts } from '../facts.ts'
import type { Target } from '../target.ts'
import type { Take } from '../transport/channel.ts'
import { amqpDialect, looksLike, showBytes } from '../wire-signature.ts'
import { fault, type Recognition } from './protocol.ts'

/** What both dialects of AMQP share: eight bytes of header, and being mistaken for one another. */
export const magic = Buffer.from('AMQP', 'latin1')

/** The first eight bytes, or whatever came in their place once it is no AMQP. */
export const takeHeader: Take<Buffer> = (bytes) => {
  const start = bytes.subarray(0, Math.min(4, bytes.length))
  if (start.length > 0 && !magic.subarray(0, start.length).equals(start))
    return { value: Buffer.from(bytes), used: bytes.length }
  return bytes.length >= 8 ? { value: Buffer.from(bytes.subarray(0, 8)), used: 8 } : undefined
}

export const isHeader = (bytes: Buffer): boolean => bytes.length === 8 && bytes.subarray(0, 4).equals(magic)

/** Bytes that are neither the expected answer nor nothing. */
export const wrongBytes = (bytes: Buffer): AmqpSpeech =>
  isHeader(bytes)
    ? { kind: 'header', dialect: amqpDialect(bytes) }
    : { kind: 'bytes', firstBytes: showBytes(bytes), looksLike: looksLike(bytes) }

/** A speech of nothing or of other bytes is what any protocol may meet; the rest is AMQP's own. */
export function identityOf(speech: AmqpSpeech, target: Pick<Target, 'tls'>): IdentityFacts {
  if (speech.kind === 'no-answer') {
    const { silence } = speech
    if (silence.kind === 'cut' && /ALERT/.test(silence.code)) return { kind: 'alert', code: silence.code }
    return { kind: 'no-answer', silence, overTls: target.tls }
  }
  return speech.kind === 'bytes' ? speech : { kind: 'amqp', speech }
}

export function wrongDialect(speech: AmqpSpeech, wanted: string): Recognition {
  if (speech.kind === 'header') return fault('identity.dialect', `it speaks ${speech.dialect}, and the row ${wanted}`)
  if (speech.kind === 'bytes')
    return fault('identity.protocol', `it looks like ${speech.looksLike}: ${speech.firstBytes}`)
  return fault('identity.protocol', `an answer that is not ${wanted}’s`)
}
