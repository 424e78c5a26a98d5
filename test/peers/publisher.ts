import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'

const header = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')
const limitMs = 10_000

const short = (text: string): Buffer => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)])
const number = (value: number, bytes: 2 | 4): Buffer => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}
const long = (bytes: Buffer): Buffer => Buffer.concat([number(bytes.length, 4), bytes])
const frame = (type: number, channel: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([type]), number(channel, 2), long(body), Buffer.from([0xce])])
const method = (channel: number, kind: number, id: number, ...fields: Buffer[]): Buffer =>
  frame(1, channel, Buffer.concat([number(kind, 2), number(id, 2), ...fields]))
const empty = number(0, 4)

/** Class and number of each method frame that comes, such as `10.10`. */
async function* methodsOf(socket: TLSSocket): AsyncGenerator<string> {
  let bytes = Buffer.alloc(0)
  for await (const part of socket) {
    bytes = Buffer.concat([bytes, part])
    while (bytes.length >= 8 && bytes.length >= 8 + bytes.readUInt32BE(3)) {
      if (bytes[0] === 1) yield `${bytes.readUInt16BE(7)}.${bytes.readUInt16BE(9)}`
      bytes = bytes.subarray(8 + bytes.readUInt32BE(3))
    }
  }
}

export type Broker = {
  readonly port: number
  readonly ca: string
  readonly servername: string
  readonly username: string
  readonly password: string
}

/**
 * Publishes one message over AMQP 0-9-1 and returns once the broker has it: to an exchange, or with '' as exchange
 * to the queue that the key names, which an AMQP 1.0 client receives from there.
 */
export const publish = async (broker: Broker, exchange: string, key: string, text: string): Promise<void> => {
  const { port, ca, servername, username, password } = broker
  const socket = connect({ host: '127.0.0.1', port, ca, servername })
  socket.setTimeout(limitMs, () => socket.destroy(new Error('the broker is silent')))
  try {
    await once(socket, 'secureConnect')
    const said = methodsOf(socket)
    const expect = async (wanted: string) => {
      const { value } = await said.next()
      if (value !== wanted) throw new Error(`The broker said ${value} in place of ${wanted}.`)
    }
    const body = Buffer.from(text)
    const steps: readonly (readonly [Buffer, string])[] = [
      [header, '10.10'],
      [
        method(0, 10, 11, empty, short('PLAIN'), long(Buffer.from(`\0${username}\0${password}`)), short('en_US')),
        '10.30',
      ],
      [
        Buffer.concat([
          method(0, 10, 31, number(1, 2), number(131_072, 4), number(0, 2)),
          method(0, 10, 40, short('/'), short(''), Buffer.from([0])),
        ]),
        '10.41',
      ],
      [method(1, 20, 10, short('')), '20.11'],
      // Publisher confirms: the broker acknowledges each message that it has stored.
      [method(1, 85, 10, Buffer.from([0])), '85.11'],
      [
        Buffer.concat([
          method(1, 60, 40, number(0, 2), short(exchange), short(key), Buffer.from([0])),
          frame(2, 1, Buffer.concat([number(60, 2), number(0, 2), number(0, 4), number(body.length, 4), number(0, 2)])),
          frame(3, 1, body),
        ]),
        '60.80',
      ],
    ]
    for (const [say, wanted] of steps) {
      socket.write(say)
      await expect(wanted)
    }
  } finally {
    socket.destroy()
  }
}
