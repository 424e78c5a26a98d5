import { createHash, randomBytes } from 'node:crypto'
import type { Parser } from './buffered-connection.ts'

/** What a server appends to the key before it hashes it (RFC 6455 §1.3). */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export const newKey = (): string => randomBytes(16).toString('base64')
export const acceptFor = (key: string): string => createHash('sha1').update(`${key}${acceptSuffix}`).digest('base64')

const binaryOpcode = 0x2
export const closeOpcode = 0x8
export const pingOpcode = 0x9
export const pongOpcode = 0xa

/** A masked frame, as clients must send it (§5.3), with a payload of up to 125 bytes. */
function frame(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4)
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked])
}
export const binaryFrame = (payload: Buffer): Buffer => frame(binaryOpcode, payload)
export const pingFrame = (payload: Buffer): Buffer => frame(pingOpcode, payload)
export const pongFrame = (payload: Buffer): Buffer => frame(pongOpcode, payload.subarray(0, 125))
/** 1000: normal closure (§7.4.1). */
export const closeFrame = (): Buffer => frame(closeOpcode, Buffer.from([0x03, 0xe8]))

export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

/** The next frame of a server: not masked. */
export const parseFrame: Parser<Frame> = (bytes) => {
  const [first = 0, second = 0] = bytes
  if (bytes.length < 2) return undefined
  const short = second & 0x7f
  const start = headerBytes(short)
  if (bytes.length < start) return undefined
  const length = payloadLength(bytes, short)
  if (bytes.length < start + length) return undefined
  return {
    value: { opcode: first & 0x0f, payload: Buffer.from(bytes.subarray(start, start + length)) },
    used: start + length,
  }
}

/** The size of a frame's header, by its 7-bit length: 126 and 127 announce 16 and 64 bits of length (§5.2). */
function headerBytes(short: number): number {
  if (short === 126) return 4
  return short === 127 ? 10 : 2
}

function payloadLength(bytes: Buffer, short: number): number {
  if (short === 126) return bytes.readUInt16BE(2)
  return short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
}
