import { createDecipheriv, createHmac, X509Certificate } from 'node:crypto'

/**
 * Reads the certificates that a server sent from the bytes of its handshake. Node shows only those that it can link in order: it
 * leaves out certificates that are sent in another order, twice with the same name, or by an issuer that may not sign.
 */

/** Content types of records, and types of handshake messages (RFC 8446 §5.1, §4; RFC 5246 §7.4). */
const handshakeRecord = 22
const changeCipherRecord = 20
const dataRecord = 23
const certificateMessage = 11

export interface ReceivedHandshake {
  /** What the server sent, from its first byte on. */
  readonly bytes: Buffer
  readonly version: string
  /** The standard name of the cipher suite. */
  readonly cipher: string
  /** Lines of the key log (SSLKEYLOGFILE). */
  readonly keyLog: readonly Buffer[]
}

/** DER certificates as they were sent, the server's own first; undefined where the handshake cannot be read. */
export function sentCertificates(handshake: ReceivedHandshake): readonly X509Certificate[] | undefined {
  try {
    const isTls13 = handshake.version === 'TLSv1.3'
    const messages = isTls13 ? decryptedMessages(handshake) : plainMessages(handshake.bytes)
    const body = messageOf(messages, certificateMessage)
    return body === undefined ? undefined : certificatesIn(body, isTls13)
  } catch {
    return undefined // a handshake of another form: Node's own list is used
  }
}

interface TlsRecord {
  readonly type: number
  readonly header: Buffer
  readonly body: Buffer
}

function* recordsIn(bytes: Buffer): Generator<TlsRecord> {
  for (let at = 0; at + 5 <= bytes.length; ) {
    const end = at + 5 + bytes.readUInt16BE(at + 3)
    if (end > bytes.length) return
    yield { type: bytes.readUInt8(at), header: bytes.subarray(at, at + 5), body: bytes.subarray(at + 5, end) }
    at = end
  }
}

/** The handshake messages of TLS 1.2, which are encrypted only after the certificates. */
function plainMessages(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  for (const { type, body } of recordsIn(bytes)) {
    if (type === changeCipherRecord) break
    if (type === handshakeRecord) parts.push(body)
  }
  return Buffer.concat(parts)
}

/** The handshake messages of TLS 1.3 after ServerHello, up to the certificates. */
function decryptedMessages({ bytes, cipher, keyLog }: ReceivedHandshake): Buffer {
  const decrypt = decryptor(cipher, handshakeSecret(keyLog))
  let messages = Buffer.alloc(0)
  for (const { type, header, body } of recordsIn(bytes)) {
    if (type !== dataRecord) continue
    messages = Buffer.concat([messages, decrypt(header, body)])
    if (messageOf(messages, certificateMessage) !== undefined) break
  }
  return messages
}

function handshakeSecret(keyLog: readonly Buffer[]): Buffer {
  for (const line of keyLog) {
    const [label, , secret] = line.toString('latin1').trim().split(' ')
    if (label === 'SERVER_HANDSHAKE_TRAFFIC_SECRET' && secret !== undefined) return Buffer.from(secret, 'hex')
  }
  throw new RangeError('the key log has no secret of the handshake')
}

type Aead = 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305'
const suites: Readonly<Record<string, { readonly algorithm: Aead; readonly hash: string; readonly keyBytes: number }>> =
  {
    TLS_AES_128_GCM_SHA256: { algorithm: 'aes-128-gcm', hash: 'sha256', keyBytes: 16 },
    TLS_AES_256_GCM_SHA384: { algorithm: 'aes-256-gcm', hash: 'sha384', keyBytes: 32 },
    TLS_CHACHA20_POLY1305_SHA256: { algorithm: 'chacha20-poly1305', hash: 'sha256', keyBytes: 32 },
  }
const ivBytes = 12
const tagBytes = 16

/** Decrypts the records of the server's handshake in their order (RFC 8446 §5.2, §5.3, §7.3). */
function decryptor(cipher: string, secret: Buffer): (header: Buffer, body: Buffer) => Buffer {
  const suite = suites[cipher]
  if (suite === undefined) throw new RangeError(`no known cipher suite: ${cipher}`)
  const { algorithm, hash, keyBytes } = suite
  const key = expandLabel(hash, secret, 'key', keyBytes)
  const iv = expandLabel(hash, secret, 'iv', ivBytes)
  let sequence = 0
  return (header, body) => {
    const nonce = Buffer.from(iv)
    nonce.writeUInt32BE((nonce.readUInt32BE(ivBytes - 4) ^ sequence) >>> 0, ivBytes - 4)
    sequence += 1
    const opened =
      algorithm === 'chacha20-poly1305'
        ? createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
        : createDecipheriv(algorithm, key, nonce)
    opened.setAAD(header, { plaintextLength: body.length - tagBytes })
    opened.setAuthTag(body.subarray(-tagBytes))
    const plain = Buffer.concat([opened.update(body.subarray(0, -tagBytes)), opened.final()])
    // The content type is the last byte that is not zero.
    let end = plain.length
    while (end > 0 && plain[end - 1] === 0) end -= 1
    return plain[end - 1] === handshakeRecord ? plain.subarray(0, end - 1) : Buffer.alloc(0)
  }
}

/** HKDF-Expand-Label without a context, for at most as many bytes as the hash has. */
function expandLabel(hash: string, secret: Buffer, label: string, lengthBytes: number): Buffer {
  const full = Buffer.from(`tls13 ${label}`)
  const info = Buffer.concat([Buffer.from([0, lengthBytes, full.length]), full, Buffer.from([0])])
  return createHmac(hash, secret)
    .update(info)
    .update(Buffer.from([1]))
    .digest()
    .subarray(0, lengthBytes)
}

/** The body of the first message of a type; undefined while it is not complete. */
function messageOf(messages: Buffer, type: number): Buffer | undefined {
  for (let at = 0; at + 4 <= messages.length; ) {
    const end = at + 4 + messages.readUIntBE(at + 1, 3)
    if (end > messages.length) return undefined
    if (messages[at] === type) return messages.subarray(at + 4, end)
    at = end
  }
  return undefined
}

/** RFC 5246 §7.4.2, RFC 8446 §4.4.2: version 1.3 adds a context before the list, and extensions after each certificate. */
function certificatesIn(body: Buffer, isTls13: boolean): readonly X509Certificate[] {
  const certificates: X509Certificate[] = []
  const context = isTls13 ? 1 + body.readUInt8(0) : 0
  for (let at = context + 3; at < body.length; ) {
    const end = at + 3 + body.readUIntBE(at, 3)
    certificates.push(new X509Certificate(body.subarray(at + 3, end)))
    at = isTls13 ? end + 2 + body.readUInt16BE(end) : end
  }
  return certificates
}
