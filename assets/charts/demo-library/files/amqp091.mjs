// AMQP 0-9-1, as much as a consumer needs: PLAIN, one channel, one queue of its own bound to an exchange.
// Methods by class and number: https://www.rabbitmq.com/amqp-0-9-1-reference
import { openTls } from './tls-connection.mjs'

const header = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')
const methods = {
  '10.10': 'connection.start',
  '10.30': 'connection.tune',
  '10.41': 'connection.open-ok',
  '10.50': 'connection.close',
  '20.11': 'channel.open-ok',
  '20.40': 'channel.close',
  '50.11': 'queue.declare-ok',
  '50.21': 'queue.bind-ok',
  '60.21': 'basic.consume-ok',
  '60.60': 'basic.deliver',
}
const heartbeatSeconds = 10
const longestFrame = 2_000_000

const short = (text) => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)])
const u16 = (value) => Buffer.from([value >> 8, value & 255])
const u32 = (value) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const long = (bytes) => Buffer.concat([u32(bytes.length), bytes])
const emptyTable = u32(0)
const frame = (type, channel, body) => Buffer.concat([Buffer.from([type]), u16(channel), u32(body.length), body, Buffer.from([0xce])])
const method = (channel, kind, number, ...fields) => frame(1, channel, Buffer.concat([u16(kind), u16(number), ...fields]))

/**
 * Connects, signs in and consumes what `exchange` gets until the connection ends, which rejects with why.
 * Calls `onOpen()` once it consumes, `onMessage(bytes)` for each message.
 */
export const consumeAmqp091 = async ({ host, port, ca, username, password, exchange, onOpen, onMessage, signal }) => {
  const connection = await openTls({ host, port, ca, signal })
  const next = async () => {
    for (;;) {
      const head = await connection.read(7)
      if (head.subarray(0, 4).toString() === 'AMQP') throw new Error(`answered ${head.toString('hex')} to the AMQP 0-9-1 header`)
      const size = head.readUInt32BE(3)
      if (size > longestFrame) throw new Error(`a frame of ${size} bytes is not AMQP 0-9-1`)
      const body = await connection.read(size + 1)
      if (body[size] !== 0xce) throw new Error('a frame without its end')
      if (head[0] === 8) continue // a heartbeat
      if (head[0] !== 1) return { name: head[0] === 3 ? 'body' : 'header', rest: body.subarray(0, size) }
      return { name: methods[`${body.readUInt16BE()}.${body.readUInt16BE(2)}`], rest: body.subarray(4, size) }
    }
  }
  const refuseClose = ({ name, rest }) => {
    if (name !== 'connection.close' && name !== 'channel.close') return
    throw new Error(`${rest.readUInt16BE()} ${rest.subarray(3, 3 + rest[2]).toString('utf8')}`)
  }
  const expect = async (name) => {
    const reply = await next()
    if (reply.name === name) return reply
    refuseClose(reply)
    throw new Error(`${reply.name ?? 'something else'} in place of ${name}`)
  }
  let beat
  try {
    connection.write(header)
    await expect('connection.start')
    connection.write(method(0, 10, 11, emptyTable, short('PLAIN'), long(Buffer.from(`\0${username}\0${password}`)), short('en_US')))
    await expect('connection.tune')
    connection.write(method(0, 10, 31, u16(1), u32(131_072), u16(heartbeatSeconds)))
    beat = setInterval(() => connection.write(frame(8, 0, Buffer.alloc(0))), heartbeatSeconds * 500)
    connection.write(method(0, 10, 40, short('/'), short(''), Buffer.from([0])))
    await expect('connection.open-ok')
    connection.write(method(1, 20, 10, short('')))
    await expect('channel.open-ok')
    // Exclusive, and gone with the connection.
    connection.write(method(1, 50, 10, u16(0), short(''), Buffer.from([0b1100]), emptyTable))
    const declared = await expect('queue.declare-ok')
    const queue = declared.rest.subarray(1, 1 + declared.rest[0]).toString('utf8')
    connection.write(method(1, 50, 20, u16(0), short(queue), short(exchange), short('#'), Buffer.from([0]), emptyTable))
    await expect('queue.bind-ok')
    connection.write(method(1, 60, 20, u16(0), short(queue), short(''), Buffer.from([0b0010]), emptyTable))
    await expect('basic.consume-ok')
    onOpen()
    for (;;) {
      const reply = await next()
      if (reply.name === 'body') onMessage(reply.rest)
      else refuseClose(reply)
    }
  } finally {
    clearInterval(beat)
    connection.end()
  }
}
