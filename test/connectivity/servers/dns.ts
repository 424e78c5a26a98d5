import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv4 } from 'node:net'
import { onEnd } from './lifetime.ts'

/** The answer to a query: addresses, a response code (3: NXDOMAIN, 2: SERVFAIL, 5: REFUSED), or none. */
type Answer = readonly string[] | { readonly code: number } | 'silence'
export type Zone = (name: string, family: 4 | 6) => Answer

export interface NameServer {
  /** As in a list of endpoints: `127.0.0.1:port`. */
  readonly address: string
  readonly questions: readonly string[]
}

/** A DNS server over UDP with the answers of a test. */
export async function serveNames(zone: Zone): Promise<NameServer> {
  const socket: Socket = createSocket('udp4')
  const questions: string[] = []
  socket.on('message', (message: Buffer, from: RemoteInfo) => {
    const { name, type, end } = question(message)
    questions.push(name)
    const answer = zone(name, type === 28 ? 6 : 4)
    if (answer === 'silence') return
    socket.send(reply(message.subarray(0, end), answer, type), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  onEnd(() => new Promise<void>((resolve) => socket.close(() => resolve())))
  return { address: `127.0.0.1:${socket.address().port}`, questions }
}

/** A zone with these names; all others do not exist. */
export const zoneOf =
  (names: Readonly<Record<string, readonly string[]>>): Zone =>
  (name) =>
    names[name] ?? { code: 3 }

function question(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 }
}

function reply(query: Buffer, answer: Exclude<Answer, 'silence'>, type: number): Buffer {
  const addresses = Array.isArray(answer) ? answer.filter((address) => isIPv4(address) === (type === 1)) : []
  const head = Buffer.from(query.subarray(0, 12))
  head.writeUInt16BE(0x8180 | ('code' in answer ? answer.code : 0), 2)
  head.writeUInt16BE(addresses.length, 6)
  head.writeUInt32BE(0, 8)
  const records = addresses.map((address) => {
    const data = type === 1 ? Buffer.from(address.split('.').map(Number)) : sixteen(address)
    const record = Buffer.alloc(12)
    record.writeUInt16BE(0xc00c, 0)
    record.writeUInt16BE(type, 2)
    record.writeUInt16BE(1, 4)
    record.writeUInt32BE(1, 6)
    record.writeUInt16BE(data.length, 10)
    return Buffer.concat([record, data])
  })
  return Buffer.concat([head, query.subarray(12), ...records])
}

/** The sixteen bytes of an IPv6 address with at most one `::`. */
function sixteen(address: string): Buffer {
  const [left = '', right] = address.split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const before = groups(left)
  const after = groups(right ?? '')
  const middle = Array.from({ length: right === undefined ? 0 : 8 - before.length - after.length }, () => 0)
  return Buffer.from([...before, ...middle, ...after].flatMap((group) => [group >> 8, group & 0xff]))
}
