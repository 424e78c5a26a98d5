import type { Socket } from 'node:net'

export const header = (id: number, major: number, minor: number, revision: number): Buffer =>
  Buffer.concat([Buffer.from('AMQP', 'latin1'), Buffer.from([id, major, minor, revision])])

export const sasl = header(3, 1, 0, 0)
export const plain10 = header(0, 1, 0, 0)
export const header091 = header(0, 0, 9, 1)

const symbol = (text: string): Buffer => Buffer.concat([Buffer.from([0xa3, text.length]), Buffer.from(text, 'latin1')])

/** A sasl-mechanisms frame: an array of symbols (more than one), or a single symbol. */
export function mechanisms(...names: readonly string[]): Buffer {
  const [only = ''] = names
  const items = Buffer.concat(
    names.map((name) => Buffer.concat([Buffer.from([name.length]), Buffer.from(name, 'latin1')])),
  )
  const value =
    names.length === 1
      ? symbol(only)
      : Buffer.concat([Buffer.from([0xe0, items.length + 2, names.length, 0xa3]), items])
  const list = Buffer.concat([Buffer.from([0x00, 0x53, 0x40, 0xc0, value.length + 1, 1]), value])
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + list.length)
  head[4] = 2
  head[5] = 1
  return Buffer.concat([head, list])
}

const longString = (text: string): Buffer => {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(text.length)
  return Buffer.concat([size, Buffer.from(text, 'latin1')])
}

/** Connection.Start of AMQP 0-9-1. */
export function connectionStart({ major = 0, minor = 9, product = 'Test Broker' } = {}): Buffer {
  const property = Buffer.concat([Buffer.from([7]), Buffer.from('productS', 'latin1'), longString(product)])
  const table = Buffer.concat([longString('x'.repeat(property.length)).subarray(0, 4), property])
  const payload = Buffer.concat([
    Buffer.from([0, 10, 0, 10, major, minor]),
    table,
    longString('PLAIN AMQPLAIN'),
    longString('en_US'),
  ])
  const head = Buffer.alloc(7)
  head[0] = 1
  head.writeUInt32BE(payload.length, 3)
  return Buffer.concat([head, payload, Buffer.from([0xce])])
}

/** Waits for the eight bytes of a header, then sends the result of `answer`. */
export const greeting =
  (answer: (header: Buffer) => Buffer | readonly Buffer[], end = false) =>
  (socket: Socket): void => {
    socket.once('data', (chunk: Buffer) => {
      const replies = answer(chunk)
      for (const reply of Array.isArray(replies) ? replies : [replies]) socket.write(reply)
      if (end) socket.end()
    })
  }
