import { createServer, type TLSSocket } from 'node:tls'
import type { Authority } from './authority.ts'
import { type ListenAddress, type PeerServer, startPeerServer } from './peer-server.ts'

export type Account = { readonly username: string; readonly password: string }

/** A subset of one of AMQP's two protocols: a client can sign in and wait, but receives no messages. */
type Dialect = {
  readonly header: Buffer
  /** Sent after the header. */
  readonly greeting: Buffer
  readonly heartbeat: Buffer
  /** The size of the first frame, once enough bytes are available. */
  sizeOf(bytes: Buffer): number | undefined
  /** The response to a frame; undefined: the client is rejected. */
  reply(frame: Buffer, signIn: Buffer): Buffer | undefined
}

const heartbeatMs = 5_000
const mostWaiting = 65_536
const nothing = Buffer.alloc(0)
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const long = (bytes: Buffer): Buffer => Buffer.concat([u32(bytes.length), bytes])

const frame1 = (type: number, body: Buffer): Buffer =>
  Buffer.concat([u32(8 + body.length), Buffer.from([2, type, 0, 0]), body])
const described = (code: number, ...fields: Buffer[]): Buffer => {
  const items = Buffer.concat(fields)
  return Buffer.concat([Buffer.from([0x00, 0x53, code, 0xc0, items.length + 1, fields.length]), items])
}
const string1 = (text: Buffer): Buffer => Buffer.concat([Buffer.from([0xa1, text.length]), text])
const symbols = (...texts: string[]): Buffer =>
  Buffer.concat(texts.map((text) => Buffer.concat([Buffer.from([0xa3, text.length]), Buffer.from(text)])))
/** The first field of a performative, if it is a short string: a link's name, which the response repeats. */
const firstString = (body: Buffer): Buffer => {
  const at = body[3] === 0xd0 ? 12 : 6
  return body[at] === 0xa1 ? body.subarray(at + 2, at + 2 + (body[at + 1] ?? 0)) : nothing
}
const window = Buffer.concat([Buffer.from([0x70]), u32(2_048)])

const plainHeader = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1')

const amqp1: Dialect = {
  header: Buffer.from('AMQP\x03\x01\x00\x00', 'latin1'),
  greeting: frame1(1, described(0x40, symbols('PLAIN'))),
  heartbeat: frame1(0, nothing),
  // The second header, after signing in, is no frame but has the length of an empty one.
  sizeOf: (bytes) =>
    bytes.length < 8 ? undefined : bytes.subarray(0, 8).equals(plainHeader) ? 8 : bytes.readUInt32BE(),
  reply: (frame, signIn) => {
    if (frame.equals(plainHeader)) return plainHeader
    const body = frame.subarray(8)
    const performatives: Readonly<Record<number, () => Buffer | undefined>> = {
      65: () => (body.includes(signIn) ? frame1(1, described(0x44, Buffer.from([0x50, 0]))) : undefined),
      16: () => frame1(0, described(0x10, string1(Buffer.from('small-broker')))),
      17: () => frame1(0, described(0x11, Buffer.from([0x60, 0, 0]), Buffer.from([0x43]), window, window)),
      // Role "sender", settled, no source and no target of its own, no delivery yet.
      18: () =>
        frame1(
          0,
          described(
            0x12,
            string1(firstString(body)),
            Buffer.from([0x43]),
            Buffer.from([0x42]),
            Buffer.from([0x50, 1]),
            Buffer.from([0x50, 0]),
            Buffer.from([0x40]),
            Buffer.from([0x40]),
            Buffer.from([0x40]),
            Buffer.from([0x40]),
            Buffer.from([0x43]),
          ),
        ),
    }
    const known = performatives[body[2] ?? 0]
    return known ? known() : nothing
  },
}

const method = (channel: number, kind: number, id: number, ...fields: Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from([1, 0, channel]),
    long(Buffer.concat([Buffer.from([0, kind, 0, id]), ...fields])),
    Buffer.from([0xce]),
  ])
const short = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])
// At most one channel, frames of 128 KiB, a heartbeat every 10 s.
const tune = Buffer.from([0, 1, 0, 2, 0, 0, 0, 10])

const amqp091: Dialect = {
  header: Buffer.from('AMQP\x00\x00\x09\x01', 'latin1'),
  greeting: method(0, 10, 10, Buffer.from([0, 9]), u32(0), long(Buffer.from('PLAIN')), long(Buffer.from('en_US'))),
  heartbeat: Buffer.from([8, 0, 0, 0, 0, 0, 0, 0xce]),
  sizeOf: (bytes) => (bytes.length < 7 ? undefined : bytes.readUInt32BE(3) + 8),
  reply: (frame, signIn) => {
    if (frame[0] !== 1) return nothing
    const methods: Readonly<Record<string, () => Buffer | undefined>> = {
      '10.11': () => (frame.includes(signIn) ? method(0, 10, 30, tune) : undefined),
      '10.40': () => method(0, 10, 41, short('')),
      '20.10': () => method(1, 20, 11, u32(0)),
      '50.10': () => method(1, 50, 11, short('small-queue'), u32(0), u32(0)),
      '50.20': () => method(1, 50, 21),
      '60.20': () => method(1, 60, 21, short('small-consumer')),
    }
    const known = methods[`${frame.readUInt16BE(7)}.${frame.readUInt16BE(9)}`]
    return known ? known() : nothing
  },
}

const dialects = { amqp1, amqp091 } as const

const converse = (socket: TLSSocket, { header, greeting, heartbeat, sizeOf, reply }: Dialect, signIn: Buffer): void => {
  let bytes = nothing
  let isGreeted = false
  const beat = setInterval(() => isGreeted && socket.write(heartbeat), heartbeatMs)
  socket.on('close', () => clearInterval(beat))
  socket.on('error', () => socket.destroy())
  socket.on('data', (part: Buffer) => {
    bytes = Buffer.concat([bytes, part])
    if (bytes.length > mostWaiting) socket.destroy()
    if (!isGreeted) {
      if (bytes.length < 8) return
      // A client of the other version gets the header of this one.
      if (!bytes.subarray(0, 8).equals(header)) return void socket.end(header)
      socket.write(Buffer.concat([header === amqp1.header ? header : nothing, greeting]))
      isGreeted = true
      bytes = bytes.subarray(8)
    }
    for (let size = sizeOf(bytes); size !== undefined && bytes.length >= size; size = sizeOf(bytes)) {
      const said = size < 8 ? undefined : reply(bytes.subarray(0, size), signIn)
      if (said === undefined) return void socket.end()
      if (said.length > 0) socket.write(said)
      bytes = bytes.subarray(size)
    }
  })
}

/** A broker for its account, in one of AMQP's two protocols. It has no queues and no messages. */
export const startSmallBroker = (
  listenAddress: ListenAddress,
  dialect: keyof typeof dialects,
  authority: Authority,
  { username, password }: Account,
  signal: AbortSignal,
): Promise<PeerServer> =>
  startPeerServer(
    listenAddress,
    () => {
      const { certificate: cert, key } = authority.issue({
        names: [listenAddress.host],
        addresses: [listenAddress.address],
      })
      const signIn = Buffer.from(`\0${username}\0${password}`)
      return createServer({ cert, key }, (socket) => converse(socket, dialects[dialect], signIn))
    },
    signal,
  )
