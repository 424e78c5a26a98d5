/** The protocol that unexpected first bytes look like; empty without any bytes. */
export function looksLike(bytes: Buffer): string {
  if (bytes.length === 0) return ''
  const text = bytes.toString('latin1')
  return kinds.find(([pattern]) => pattern.test(text))?.[1] ?? 'an unknown protocol'
}

// Patterns over bytes read as Latin-1, in this order.
const kinds: readonly (readonly [RegExp, string])[] = [
  [/^HTTP\/[12]/, 'an HTTP server'],
  [/^AMQP[\s\S]/, 'an AMQP server'],
  [/^\u0015\u0003[\u0000-\u0004]/, 'a TLS server that ends the connection with an alert'],
  [/^\u0016\u0003[\u0000-\u0004]/, 'a TLS server'],
  [/^\u0000[\s\S]{2}\u0004[\s\S]\u0000{4}/, 'an HTTP/2 server'],
  [/^SSH-/, 'an SSH server'],
  [/^220[ -]/, 'a mail or FTP server'],
  [/^\+OK|^\* OK/, 'a mail server'],
  [/^RFB \d/, 'a VNC server'],
  [/^-ERR|^-DENIED/, 'a Redis server'],
  [/^<(?:!doctype|html|\?xml)/i, 'a web page without HTTP'],
]

/** Enough for the version that a server begins with, and too few to read an answer. */
const shownBytes = 16

/** The first bytes as evidence: printable ones as they are, the others as hexadecimal. */
export function showBytes(bytes: Buffer): string {
  const head = bytes.subarray(0, shownBytes)
  const printable = head.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0d || byte === 0x0a)
  return printable ? JSON.stringify(head.toString('latin1')) : head.toString('hex').replace(/(..)(?=.)/g, '$1 ')
}

/** The name of an AMQP protocol header (8 bytes): OASIS AMQP 1.0 §2.2, AMQP 0-9-1 §4.2.2. */
export function amqpDialect(header: Buffer): string {
  const [id = 0, major = 0, minor = 0, revision = 0] = header.subarray(4, 8)
  if (id === 0 && major === 0 && minor === 9 && revision === 1) return 'AMQP 0-9-1'
  if (id === 1 && major === 1) return `AMQP ${minor}-${revision}`
  if (major === 1 && minor === 0 && revision === 0) {
    return (
      { 0: 'AMQP 1.0', 2: 'AMQP 1.0 (requires its own TLS negotiation)', 3: 'AMQP 1.0 with SASL' }[id] ?? 'AMQP 1.0'
    )
  }
  return `AMQP ${major}-${minor}-${revision}`
}
