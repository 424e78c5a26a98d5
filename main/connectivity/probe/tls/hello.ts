import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])
const sized = (body: Buffer): Buffer => Buffer.concat([u16(body.length), body])

/**
 * A well-formed ClientHello (RFC 5246 §7.4.1.2) that no server will agree to: its one cipher suite encrypts nothing.
 * A TLS server answers it with an alert of seven bytes, so it shows whether small packets pass where large ones do not.
 */
export function refusableHello(serverName: string): Buffer {
  const name = Buffer.from(serverName, 'latin1')
  const serverNameExtension = Buffer.concat([u16(0), sized(sized(Buffer.concat([Buffer.from([0]), sized(name)])))])
  const extensions = isIP(serverName) === 0 ? serverNameExtension : Buffer.alloc(0)
  const nullWithNull = u16(0x0001) // TLS_RSA_WITH_NULL_MD5
  const body = Buffer.concat([
    u16(0x0303),
    randomBytes(32),
    Buffer.from([0]), // no session to resume
    sized(nullWithNull),
    Buffer.from([1, 0]), // no compression
    sized(extensions),
  ])
  const handshake = Buffer.concat([Buffer.from([1, 0]), u16(body.length), body])
  return Buffer.concat([Buffer.from([0x16, 0x03, 0x01]), sized(handshake)])
}
