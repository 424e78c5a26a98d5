import { createHash, randomBytes } from 'node:crypto'
import type { Parser } from './buffered-connection.ts'

/** RFC 6455 §1.3: what a server adds to the key before it hashes it. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export const newKey = (): string => randomBytes(16).toString('base64')
export const acceptFor = (key: string): string => createHash('sha1').update(`${key}${acceptSuffix}`).digest('base64')

const binaryOpcode = 0x2
export const closeOpcode = 0x8
export const pingOpcode = 0x9
export const pongOpcode = 0xa

/** A masked frame, as a client must send it (§5.3); up to 125 bytes are all that is ever sent. */
function frame(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4)
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked])
}
export const binaryFrame = (payload: Buffer): Buffer => frame(binaryOpcode, payload)
export const pingFrame = (payload: Buffer): Buffer => frame(pingOpcode, payload)
export const pongFrame = (payload: Buffer): Buffer => frame(pongOpcode, payload.subarray(0, 125))
/** 1000: the purpose is fulfilled (§7.4.1). */
export const closeFrame = (): Buffer => frame(closeOpcode, Buffer.from([0x03, 0xe8]))

export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

/** The next frame from a server: not masked, at most what a channel keeps. */
export const parseFrame: Parser<Frame> = (bytes) => {
  const [first = 0, second = 0] = bytes
  if (bytes.length < 2) return undefined
  const short = second & 0x7f
  const start = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < start) return undefined
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < start + length) return undefined
  return {
    value: { opcode: first & 0x0f, payload: Buffer.from(bytes.subarray(start, start + length)) },
    used: start + length,
  }
}
