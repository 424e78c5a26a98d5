import { randomBytes } from 'node:crypto'
import { isIP } from 'node:net'

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])
const sized = (body: Buffer): Buffer => Buffer.concat([u16(body.length), body])

/** As long as the ClientHello of a client with post-quantum key exchange (Go since 1.24, browsers). More than one packet. */
export const longHelloBytes = 1_800

/**
 * A well-formed ClientHello (RFC 5246 §7.4.1.2) that no server will agree to: its one cipher suite encrypts nothing.
 * A TLS server answers it with an alert of seven bytes, so it shows whether small packets pass where large ones do not.
 * `lengthBytes`: padded to this length (RFC 7685), so that a limit on the length shows.
 */
export function refusableHello(serverName: string, lengthBytes = 0): Buffer {
  const name = Buffer.from(serverName, 'latin1')
  const serverNameExtension = Buffer.concat([u16(0), sized(sized(Buffer.concat([Buffer.from([0]), sized(name)])))])
  const named = isIP(serverName) === 0 ? serverNameExtension : Buffer.alloc(0)
  const unpaddedBytes = 56 + named.length
  const padding = Buffer.concat([u16(21), sized(Buffer.alloc(Math.max(0, lengthBytes - unpaddedBytes)))])
  const extensions = lengthBytes === 0 ? named : Buffer.concat([named, padding])
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
