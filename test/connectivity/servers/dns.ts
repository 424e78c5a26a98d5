import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { createServer, isIPv4 } from 'node:net'
import { onEnd } from './lifetime.ts'
import { listen, type TestServer } from './serve.ts'

/**
 * The answer to a query: addresses, a response code (3: NXDOMAIN, 2: SERVFAIL, 5: REFUSED), aliases with what their last name
 * has, a referral to other servers, an answer that fits only TCP, or none.
 */
type Answer =
  | readonly string[]
  | { readonly code: number }
  | { readonly aliases: readonly string[]; readonly addresses?: readonly string[]; readonly code?: number }
  | { readonly overTcp: readonly string[] }
  | 'referral'
  | 'silence'
export type Zone = (name: string, family: 4 | 6) => Answer

export interface NameServer {
  /** As in a list of endpoints: `127.0.0.1:port`. */
  readonly address: string
  readonly questions: readonly string[]
}

/** A DNS server over UDP, and over TCP on the same port if `tcp`, with the answers of a test. */
export async function serveNames(zone: Zone, { tcp = false } = {}): Promise<NameServer> {
  const socket: Socket = createSocket('udp4')
  const questions: string[] = []
  const respond = (message: Buffer, isTcp: boolean): Buffer | undefined => {
    const { name, type, end } = question(message)
    questions.push(name)
    const answer = zone(name, type === 28 ? 6 : 4)
    return answer === 'silence' ? undefined : reply(message.subarray(0, end), answer, type, isTcp)
  }
  socket.on('message', (message: Buffer, from: RemoteInfo) => {
    const response = respond(message, false)
    if (response !== undefined) socket.send(response, from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  onEnd(() => new Promise<void>((resolve) => socket.close(() => resolve())))
  const { port } = socket.address()
  if (tcp) await overTcp(port, (message) => respond(message, true))
  return { address: `127.0.0.1:${port}`, questions }
}

/** The same over TCP: each message after its length (RFC 1035 §4.2.2). */
function overTcp(port: number, respond: (message: Buffer) => Buffer | undefined): Promise<TestServer> {
  const server = createServer((socket) => {
    socket.on('data', (chunk: Buffer) => {
      const response = respond(chunk.subarray(2))
      if (response !== undefined) socket.write(Buffer.concat([u16(response.length), response]))
    })
  })
  return listen(server, '127.0.0.1', port)
}

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])

/** A zone with these names; all others do not exist. */
export const zoneOf =
  (names: Readonly<Record<string, Answer>>): Zone =>
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

function reply(query: Buffer, answer: Exclude<Answer, 'silence'>, type: number, isTcp: boolean): Buffer {
  const given = answer === 'referral' ? { addresses: [], aliases: [], code: 0 } : contents(answer, isTcp)
  const addresses = given.addresses.filter((address) => isIPv4(address) === (type === 1))
  const isTruncated = typeof answer === 'object' && 'overTcp' in answer && !isTcp
  const head = Buffer.from(query.subarray(0, 12))
  const flags = answer === 'referral' ? 0x8100 : 0x8180
  head.writeUInt16BE(flags | (isTruncated ? 0x0200 : 0) | given.code, 2)
  head.writeUInt16BE(given.aliases.length + addresses.length, 6)
  head.writeUInt32BE(0, 8)
  const owners = [Buffer.from([0xc0, 0x0c]), ...given.aliases.map(encodeName)]
  const pointer = Buffer.from([0xc0, 0x0c])
  const aliasRecords = given.aliases.map((alias, index) => record(owners[index] ?? pointer, 5, encodeName(alias)))
  const records = addresses.map((address) =>
    record(owners.at(-1) ?? pointer, type, type === 1 ? Buffer.from(address.split('.').map(Number)) : sixteen(address)),
  )
  return Buffer.concat([head, query.subarray(12), ...aliasRecords, ...records])
}

function contents(
  answer: Exclude<Answer, 'silence' | 'referral'>,
  isTcp: boolean,
): { readonly addresses: readonly string[]; readonly aliases: readonly string[]; readonly code: number } {
  if ('overTcp' in answer) return { addresses: isTcp ? answer.overTcp : [], aliases: [], code: 0 }
  if ('aliases' in answer) return { addresses: [], code: 0, ...answer }
  return 'code' in answer ? { addresses: [], aliases: [], ...answer } : { addresses: answer, aliases: [], code: 0 }
}

const encodeName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])),
    Buffer.from([0]),
  ])

/** A record of the Internet class with a lifetime of one second. */
const record = (owner: Buffer, type: number, data: Buffer): Buffer =>
  Buffer.concat([owner, u16(type), u16(1), Buffer.from([0, 0, 0, 1]), u16(data.length), data])

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
