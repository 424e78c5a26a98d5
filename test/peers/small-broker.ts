import { createServer } from 'node:tls'
import type { Authority } from './authority.ts'
import { type Place, type Speaker, startSpeaker } from './speaker.ts'

const headers = {
  amqp1: Buffer.from('AMQP\x03\x01\x00\x00', 'latin1'),
  amqp091: Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'),
} as const

/** sasl-mechanisms with one symbol: PLAIN. */
const mechanisms = Buffer.concat([
  Buffer.from([0, 0, 0, 21, 2, 1, 0, 0, 0x00, 0x53, 0x40, 0xc0, 8, 1, 0xa3, 5]),
  Buffer.from('PLAIN'),
])

const long = (bytes: Buffer): Buffer => {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}
const start = (): Buffer => {
  // Class 10, method 10, version 0.9, no server properties.
  const body = Buffer.concat([
    Buffer.from([0, 10, 0, 10, 0, 9]),
    long(Buffer.alloc(0)),
    long(Buffer.from('PLAIN')),
    long(Buffer.from('en_US')),
  ])
  return Buffer.concat([Buffer.from([1, 0, 0]), long(body), Buffer.from([0xce])])
}

/** Says how it would be spoken to, in one of AMQP's two dialects, and hangs up on whoever goes on: it has no queues. */
export const startSmallBroker = (
  place: Place,
  dialect: keyof typeof headers,
  authority: Authority,
  signal: AbortSignal,
): Promise<Speaker> =>
  startSpeaker(
    place,
    () => {
      const { certificate: cert, key } = authority.issue({ names: [place.host], addresses: [place.address] })
      return createServer({ cert, key }, (socket) => {
        socket.on('error', () => socket.destroy())
        socket.once('data', (part) => {
          if (!part.subarray(0, 8).equals(headers[dialect])) return socket.end(headers[dialect])
          socket.write(dialect === 'amqp1' ? Buffer.concat([headers.amqp1, mechanisms]) : start())
          return socket.once('data', () => socket.end())
        })
      })
    },
    signal,
  )
