import { createSocket } from 'node:dgram'
import type { Socket } from 'node:net'
import { header091, sasl } from './amqp.ts'
import { onEnd } from './lifetime.ts'
import { issue } from './middlebox.ts'
import { name, serve, serveTls } from './serve.ts'
import { acceptOf } from './websocket.ts'

/** Hostile servers. Each is an endpoint that must fail, without a hang, a crash or unbounded memory. */
export interface Hostile {
  readonly name: string
  readonly start: () => Promise<{ readonly row: Readonly<Record<string, unknown>>; readonly resolver?: string }>
}

type Act = (socket: Socket) => void
const overTls =
  (protocol: string, act: Act, options: Parameters<typeof serveTls>[1] = {}): Hostile['start'] =>
  async () => ({ row: { protocol, port: (await serveTls(act, options)).port } })
const inClear =
  (protocol: string, act: Act, tls = true): Hostile['start'] =>
  async () => ({ row: { protocol, port: (await serve(act)).port, tls } })

const flood = Buffer.alloc(65_536, 'x')
/** Sends a response after the first data, then repeats bytes as fast as they are read. */
const endlessly =
  (start: Buffer | string, again: Buffer = flood): Act =>
  (socket) => {
    const more = (): void => void (socket.writable && socket.write(again, more))
    socket.once('data', () => socket.write(start, more))
  }
/** A byte now and then. */
const slowly =
  (text: Buffer | string, everyMs = 400): Act =>
  (socket) => {
    const bytes = Buffer.from(text)
    let at = 0
    const timer = setInterval(() => {
      if (!socket.writable) return clearInterval(timer)
      socket.write(bytes.subarray(at % bytes.length, (at % bytes.length) + 1))
      at += 1
    }, everyMs)
    socket.on('close', () => clearInterval(timer))
    socket.resume()
  }
const says =
  (...parts: readonly (Buffer | string)[]): Act =>
  (socket) =>
    void socket.once('data', () => {
      for (const part of parts) socket.write(part)
    })

/** A frame of HTTP/2: length, type, flags, stream, payload. */
function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}
const settings = frame(4, 0, 0)
const many = (part: Buffer): Buffer => Buffer.concat(Array.from({ length: 400 }, () => part))
const h2 = { ALPNProtocols: ['h2'] }

/** Accepts the upgrade with the right key, then runs `act`. */
const upgraded =
  (act: Act): Act =>
  (socket) => {
    socket.once('data', (head: Buffer) => {
      const key = /sec-websocket-key: (.+)\r\n/i.exec(head.toString('latin1'))?.[1] ?? ''
      const headers = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: amqp\r\nSec-WebSocket-Accept: ${acceptOf(key)}`
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n\r\n`)
      act(socket)
    })
  }

/** A DNS server that computes its answer from each query. */
const answering =
  (answer: (question: Buffer) => Buffer): Hostile['start'] =>
  async () => {
    const socket = createSocket('udp4')
    socket.on('message', (question, from) => socket.send(answer(question), from.port, from.address, () => undefined))
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    onEnd(() => new Promise<void>((resolve) => socket.close(() => resolve())))
    return { row: { port: 443 }, resolver: `127.0.0.1:${socket.address().port}` }
  }
/** The query as an answer, with this number of records. */
function reply(question: Buffer, flags: number, records: number, record: Buffer): Buffer {
  const head = Buffer.from(question.subarray(0, 12))
  head.writeUInt16BE(flags, 2)
  head.writeUInt16BE(records, 6)
  head.writeUInt32BE(0, 8)
  const asked = question.subarray(12, 12 + question.subarray(12).indexOf(0) + 5)
  return Buffer.concat([head, asked, ...Array.from({ length: records }, () => record)])
}
const noAddress = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 192, 0, 2, 1])
/** A record whose name points to itself. */
const loop = Buffer.from([0xc0, 0x2e, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 192, 0, 2, 1])

const longLength = (first: number): Buffer =>
  Buffer.concat([Buffer.from([first, 127]), Buffer.from('7fffffffffffffff', 'hex')])

export const hostile: readonly Hostile[] = [
  ...['https', 'oci', 'acme', 'git', 'arm', 'vault', 'kubernetes', 'wss', 'amqp-ws'].map((protocol) => ({
    name: `endless headers for ${protocol}`,
    start: overTls(protocol, endlessly('HTTP/1.1 200 OK\r\nX: ')),
  })),
  {
    name: 'an endless number of headers',
    start: overTls('acme', endlessly('HTTP/1.1 200 OK\r\n', Buffer.from('A: b\r\n'.repeat(9_000)))),
  },
  {
    name: 'interim answers without end',
    start: overTls('acme', endlessly('', Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(2_000)))),
  },
  {
    name: 'an endless body',
    start: overTls('acme', endlessly('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[')),
  },
  {
    name: 'a chunk of four gigabytes',
    start: overTls('oci', endlessly('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n')),
  },
  {
    name: 'a million chunks of one byte',
    start: overTls(
      'oci',
      endlessly('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', Buffer.from('1\r\nx\r\n'.repeat(9_000))),
    ),
  },
  {
    name: 'JSON nested without end',
    start: overTls(
      'acme',
      endlessly('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n', Buffer.from('['.repeat(30_000))),
    ),
  },
  {
    name: 'a page of unclosed tags',
    start: overTls(
      'acme',
      says(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 60000\r\n\r\n${'<script '.repeat(7_500)}`),
    ),
  },
  {
    name: 'a challenge of a thousand commas',
    start: overTls(
      'oci',
      says(`HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: ${'Bearer realm, '.repeat(3_000)}\r\n\r\n`),
    ),
  },
  {
    name: 'a bomb in gzip',
    start: overTls(
      'acme',
      says(
        'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: application/json\r\n\r\n',
        Buffer.alloc(40_000, 0x1f),
      ),
    ),
  },
  { name: 'a head byte by byte', start: overTls('https', slowly('HTTP/1.1 200 OK\r\nX: y\r\n')) },
  {
    name: 'a body byte by byte',
    start: overTls('acme', (socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n')
        slowly('{"a":1')(socket)
      })
    }),
  },
  { name: 'a handshake byte by byte', start: inClear('https', slowly(Buffer.from([0x16, 3, 3, 0x40, 0, 2]))) },
  {
    name: 'a connection that is half closed',
    start: inClear('https', (socket) => {
      socket.allowHalfOpen = true
      socket.end()
      socket.resume()
    }),
  },
  {
    name: 'a certificate of a megabyte',
    start: async () => {
      const names = Array.from({ length: 18_000 }, (_, index) => `a-name-that-is-there-to-be-long-${index}.hangar.test`)
      return overTls('https', (socket) => void socket.resume(), issue({ names: [name, ...names] }))()
    },
  },
  {
    name: 'handshake records without end',
    start: inClear(
      'https',
      endlessly('', Buffer.concat([Buffer.from([0x16, 3, 3, 0x40, 0]), Buffer.alloc(0x4000, 1)])),
    ),
  },
  { name: 'alerts without end', start: inClear('https', endlessly('', many(Buffer.from([0x15, 3, 3, 0, 2, 1, 90])))) },
  {
    name: 'AMQP 1.0 with a frame of four gigabytes',
    start: overTls('amqp1', endlessly(Buffer.concat([sasl, Buffer.from([0xff, 0xff, 0xff, 0xff, 2, 1, 0, 0])]))),
  },
  {
    name: 'AMQP 1.0 with a frame that is never whole',
    start: overTls('amqp1', says(sasl, Buffer.from([0, 0, 0x20, 0, 2, 1, 0, 0, 0]))),
  },
  {
    name: 'AMQP 0-9-1 with a frame of two gigabytes',
    start: overTls('amqp091', endlessly(Buffer.from([1, 0, 0, 0x7f, 0xff, 0xff, 0xff]))),
  },
  {
    name: 'AMQP 0-9-1 with a table longer than its frame',
    start: overTls(
      'amqp091',
      says(
        Buffer.concat([
          Buffer.from([1, 0, 0, 0, 0, 0, 20, 0, 10, 0, 10, 0, 9]),
          Buffer.from([0xff, 0xff, 0xff, 0xff]),
          Buffer.alloc(10),
          Buffer.from([0xce]),
        ]),
      ),
    ),
  },
  { name: 'AMQP headers without end', start: overTls('amqp091', endlessly('', many(header091))) },
  { name: 'HTTP/2 that is none', start: overTls('grpc', endlessly('no such thing'), h2) },
  { name: 'a flood of SETTINGS', start: overTls('grpc', endlessly(settings, many(settings)), h2) },
  { name: 'a flood of PING', start: overTls('grpc', endlessly(settings, many(frame(6, 0, 0, Buffer.alloc(8)))), h2) },
  {
    name: 'CONTINUATION without end',
    start: overTls(
      'grpc',
      endlessly(
        Buffer.concat([settings, frame(1, 0, 1, Buffer.from([0x88]))]),
        many(frame(9, 0, 1, Buffer.alloc(64, 0x40))),
      ),
      h2,
    ),
  },
  {
    name: 'DATA without end',
    start: overTls(
      'grpc',
      endlessly(
        Buffer.concat([settings, frame(1, 4, 1, Buffer.from([0x88]))]),
        many(frame(0, 0, 1, Buffer.alloc(1_024))),
      ),
      h2,
    ),
  },
  { name: 'a WebSocket frame of nine exabytes', start: overTls('amqp-ws', upgraded(endlessly(longLength(0x82)))) },
  {
    name: 'WebSocket fragments without end',
    start: overTls('amqp-ws', upgraded(endlessly('', many(Buffer.from([0x00, 0x01, 0x41]))))),
  },
  {
    name: 'WebSocket pings without end',
    start: overTls('amqp-ws', upgraded(endlessly('', many(Buffer.from([0x89, 0x00]))))),
  },
  { name: 'four thousand addresses', start: answering((question) => reply(question, 0x8180, 3_500, noAddress)) },
  { name: 'a name that points to itself', start: answering((question) => reply(question, 0x8180, 1, loop)) },
  {
    name: 'more records than are there',
    start: answering((question) => {
      const answer = reply(question, 0x8180, 1, noAddress)
      answer.writeUInt16BE(65_535, 6)
      return answer
    }),
  },
  {
    name: 'an answer that is cut, of a server without TCP',
    start: answering((question) => reply(question, 0x8380, 0, noAddress)),
  },
  {
    name: 'answers to another question',
    start: answering((question) => {
      const answer = reply(question, 0x8180, 1, noAddress)
      answer.writeUInt16BE(answer.readUInt16BE(0) ^ 1, 0)
      return answer
    }),
  },
  { name: 'an answer of no bytes', start: answering(() => Buffer.alloc(0)) },
]
