// AMQP 1.0 (OASIS), as much as a receiver needs: SASL PLAIN, one session, one link.
// Performatives by their codes: http://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-transport-v1.0-os.html
import { randomUUID } from 'node:crypto'
import { openTls } from './tls-connection.mjs'

const saslHeader = Buffer.from('AMQP\x03\x01\x00\x00', 'latin1')
const plainHeader = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1')
const codes = { open: 0x10, begin: 0x11, attach: 0x12, flow: 0x13, transfer: 0x14, detach: 0x16, end: 0x17, close: 0x18, mechanisms: 0x40, init: 0x41, outcome: 0x44 }
const nameOf = Object.fromEntries(Object.entries(codes).map(([name, code]) => [code, name]))
const heartbeatMs = 5_000
const credit = 1_000

const sized = (short, long, body) => {
  if (body.length < 256) return Buffer.concat([Buffer.from([short, body.length]), body])
  const head = Buffer.from([long, 0, 0, 0, 0])
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}
const nil = Buffer.from([0x40])
const boolean = (value) => Buffer.from([value ? 0x41 : 0x42])
const string = (value) => sized(0xa1, 0xb1, Buffer.from(value))
const symbol = (value) => sized(0xa3, 0xb3, Buffer.from(value))
const binary = (value) => sized(0xa0, 0xb0, value)
const ubyte = (value) => Buffer.from([0x50, value])
const ushort = (value) => Buffer.from([0x60, value >> 8, value & 255])
const uint = (value) => {
  const bytes = Buffer.from([0x70, 0, 0, 0, 0])
  bytes.writeUInt32BE(value, 1)
  return bytes
}
const described = (code, fields) => {
  const items = Buffer.concat(fields)
  const head = Buffer.from([0x00, 0x53, code, 0xd0, 0, 0, 0, 0, 0, 0, 0, 0])
  head.writeUInt32BE(items.length + 4, 4)
  head.writeUInt32BE(fields.length, 8)
  return Buffer.concat([head, items])
}
const frame = (type, body) => {
  const head = Buffer.from([0, 0, 0, 0, 2, type, 0, 0])
  head.writeUInt32BE(8 + body.length)
  return Buffer.concat([head, body])
}

const fixed = {
  0x40: [0, () => undefined],
  0x41: [0, () => true],
  0x42: [0, () => false],
  0x43: [0, () => 0],
  0x44: [0, () => 0],
  0x45: [0, () => []],
  0x50: [1, (at) => at.readUInt8()],
  0x51: [1, (at) => at.readInt8()],
  0x52: [1, (at) => at.readUInt8()],
  0x53: [1, (at) => at.readUInt8()],
  0x54: [1, (at) => at.readInt8()],
  0x55: [1, (at) => at.readInt8()],
  0x56: [1, (at) => at.readUInt8() === 1],
  0x60: [2, (at) => at.readUInt16BE()],
  0x61: [2, (at) => at.readInt16BE()],
  0x70: [4, (at) => at.readUInt32BE()],
  0x71: [4, (at) => at.readInt32BE()],
  0x72: [4, (at) => at.readFloatBE()],
  0x73: [4, (at) => String.fromCodePoint(at.readUInt32BE())],
  0x80: [8, (at) => Number(at.readBigUInt64BE())],
  0x81: [8, (at) => Number(at.readBigInt64BE())],
  0x82: [8, (at) => at.readDoubleBE()],
  0x83: [8, (at) => new Date(Number(at.readBigInt64BE()))],
  0x98: [16, (at) => at.subarray(0, 16).toString('hex')],
}

/** The value at `from`, and where the next begins. Described types become `{code, value}`. */
export const decode = (bytes, from = 0) => {
  const kind = bytes[from]
  if (kind === 0) {
    const code = decode(bytes, from + 1)
    const { value, end } = decode(bytes, code.end)
    return { value: { code: code.value, value }, end }
  }
  const simple = fixed[kind]
  if (simple !== undefined) return { value: simple[1](bytes.subarray(from + 1)), end: from + 1 + simple[0] }
  const isShort = (kind >> 4) % 2 === 0
  const size = isShort ? bytes[from + 1] : bytes.readUInt32BE(from + 1)
  const start = from + (isShort ? 2 : 5)
  const end = start + size
  if (!(end <= bytes.length)) throw new Error('a value reaches beyond its frame')
  const body = bytes.subarray(start, end)
  if (kind === 0xa0 || kind === 0xb0) return { value: body, end }
  if (kind === 0xa1 || kind === 0xb1 || kind === 0xa3 || kind === 0xb3) return { value: body.toString('utf8'), end }
  const isArray = kind === 0xe0 || kind === 0xf0
  if (![0xc0, 0xd0, 0xc1, 0xd1, 0xe0, 0xf0].includes(kind)) throw new Error(`there is no type 0x${kind?.toString(16)}`)
  const count = isShort ? body[0] : body.readUInt32BE()
  let at = isShort ? 1 : 4
  const items = []
  // An array names the type of its items once, before them all.
  const type = isArray ? body[at] : undefined
  if (isArray) at += 1
  for (let index = 0; index < count; index += 1) {
    const item = isArray ? decode(Buffer.concat([Buffer.from([type]), body.subarray(at)])) : decode(body, at)
    items.push(item.value)
    at = isArray ? at + item.end - 1 : item.end
  }
  return { value: items, end }
}

/**
 * Connects, signs in and receives from `address` until the connection ends, which rejects with why.
 * Calls `onOpen()` once the link stands, `onMessage(bytes)` for each message.
 */
export const receiveAmqp1 = async ({ host, port, ca, username, password, address, onOpen, onMessage, signal }) => {
  const connection = await openTls({ host, port, ca, signal })
  const next = async () => {
    for (;;) {
      const head = await connection.read(8)
      const size = head.readUInt32BE()
      if (size < 8 || size > 2_000_000) throw new Error(`a frame of ${size} bytes is not AMQP 1.0`)
      const body = (await connection.read(size - 8)).subarray((head[4] - 2) * 4)
      if (body.length === 0) continue // a heartbeat
      const { value, end } = decode(body)
      return { name: nameOf[value.code], fields: value.value, payload: body.subarray(end) }
    }
  }
  const expect = async (name) => {
    const reply = await next()
    if (reply.name === name) return reply
    const [error] = reply.fields.flat(1).filter((field) => field?.code === 0x1d)
    throw new Error(`${reply.name ?? 'something else'} in place of ${name}${error === undefined ? '' : `: ${error.value[1] ?? error.value[0]}`}`)
  }
  const header = async (wanted) => {
    connection.write(wanted)
    const reply = await connection.read(8)
    if (!reply.equals(wanted)) throw new Error(`answered ${reply.toString('hex')} to the AMQP 1.0 header`)
  }
  let beat
  try {
    await header(saslHeader)
    const { fields } = await expect('mechanisms')
    const offered = [fields[0]].flat()
    if (!offered.includes('PLAIN')) throw new Error(`offers ${offered.join(', ')}, and not PLAIN`)
    connection.write(frame(1, described(codes.init, [symbol('PLAIN'), binary(Buffer.from(`\0${username}\0${password}`)), string(host)])))
    const outcome = await expect('outcome')
    if (outcome.fields[0] !== 0) throw new Error('user name and password are not accepted')
    await header(plainHeader)
    connection.write(frame(0, described(codes.open, [string(`plane-${randomUUID()}`), string(host), uint(65_536), ushort(1), uint(4 * heartbeatMs)])))
    await expect('open')
    beat = setInterval(() => connection.write(frame(0, Buffer.alloc(0))), heartbeatMs)
    connection.write(frame(0, described(codes.begin, [nil, uint(0), uint(credit), uint(credit)])))
    const begun = await expect('begin')
    // Role "receiver"; messages come settled, for nothing depends on them.
    const link = [string('notices'), uint(0), boolean(true), ubyte(1), ubyte(0), described(0x28, [string(address)]), described(0x29, [nil])]
    connection.write(frame(0, described(codes.attach, link)))
    await expect('attach')
    let received = begun.fields[1] ?? 0
    const allow = (count) => connection.write(frame(0, described(codes.flow, [uint(received), uint(credit), uint(0), uint(credit), uint(0), uint(count), uint(credit)])))
    allow(0)
    onOpen()
    for (let count = 0; ; ) {
      const reply = await next()
      if (reply.name === 'transfer') {
        received += 1
        count += 1
        onMessage(reply.payload)
        if (count % (credit / 2) === 0) allow(count)
      } else if (['detach', 'end', 'close'].includes(reply.name)) {
        const error = reply.fields.find((field) => field?.code === 0x1d)
        throw new Error(error === undefined ? `the other side sent ${reply.name}` : String(error.value[1] ?? error.value[0]))
      }
    }
  } finally {
    clearInterval(beat)
    connection.end()
  }
}
