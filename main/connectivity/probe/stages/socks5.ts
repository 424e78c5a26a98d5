import { isIP, isIPv4 } from 'node:net'
import type { Destination } from '../target.ts'
import type { BufferedConnection, Parser } from '../transport/buffered-connection.ts'
import { TimedOut, withTimeout } from '../transport/time-limit.ts'
import { looksLike } from '../wire-signature.ts'

/** The answer of a SOCKS 5 proxy (RFC 1928) to the request for a connection. */
export type SocksOutcome =
  | { readonly kind: 'open' }
  /** It accepts none of the offered authentication methods, or not the login. */
  | { readonly kind: 'refused-login'; readonly sentCredentials: boolean }
  | { readonly kind: 'refused'; readonly reply: number }
  | { readonly kind: 'failed' | 'timeout'; readonly detail: string }

const version = 5
const withoutLogin = 0x00
const withPassword = 0x02
const noAcceptableMethod = 0xff

const parseBytes =
  (count: number): Parser<Buffer> =>
  (bytes) =>
    bytes.length >= count ? { value: Buffer.from(bytes.subarray(0, count)), used: count } : undefined

/** The complete reply: four bytes, an address of the type in the fourth, and a port. */
const parseReply: Parser<Buffer> = (bytes) => {
  if (bytes.length < 5) return undefined
  const address = { 1: 4, 3: 1 + (bytes[4] ?? 0), 4: 16 }[bytes[3] ?? 0] ?? 0
  return parseBytes(4 + address + 2)(bytes)
}

interface Login {
  readonly user: string
  readonly password: string
}

/** Requests a connection by name, which the proxy resolves. Sends user name and password only on request (RFC 1929). */
export async function requestSocks5(
  connection: BufferedConnection,
  { host, port }: Destination,
  login: Login | undefined,
  limitMs: number,
  signal: AbortSignal,
): Promise<SocksOutcome> {
  const outcome = await withTimeout(limitMs, signal, async (limit): Promise<SocksOutcome> => {
    const failure = await authenticate(connection, login, limit)
    if (failure !== undefined) return failure
    const portBytes = Buffer.from([port >> 8, port & 0xff])
    connection.write(Buffer.concat([Buffer.from([version, 1, 0]), addressOf(host), portBytes]))
    const reply = await readAnswer(connection, parseReply, limit)
    if (!Buffer.isBuffer(reply)) return reply
    return reply[1] === 0 ? { kind: 'open' } : { kind: 'refused', reply: reply[1] ?? 1 }
  })
  return outcome === TimedOut ? { kind: 'timeout', detail: `no answer within ${limitMs / 1_000} s` } : outcome
}

/** Agrees on an authentication method and logs in where the proxy requires it; undefined when it succeeds. */
async function authenticate(
  connection: BufferedConnection,
  login: Login | undefined,
  limit: AbortSignal,
): Promise<SocksOutcome | undefined> {
  const methods = login === undefined ? [withoutLogin] : [withoutLogin, withPassword]
  connection.write(Buffer.from([version, methods.length, ...methods]))
  const choice = await readAnswer(connection, parseBytes(2), limit)
  if (!Buffer.isBuffer(choice)) return choice
  const [answeredVersion, method] = choice
  if (answeredVersion !== version)
    return { kind: 'failed', detail: `not a SOCKS 5 proxy: it looks like ${looksLike(choice)}` }
  if (method === noAcceptableMethod || (method === withPassword && login === undefined))
    return { kind: 'refused-login', sentCredentials: false }
  if (method !== withPassword || login === undefined) return undefined
  connection.write(Buffer.concat([Buffer.from([1]), sized(login.user), sized(login.password)]))
  const status = await readAnswer(connection, parseBytes(2), limit)
  if (!Buffer.isBuffer(status)) return status
  return status[1] === 0 ? undefined : { kind: 'refused-login', sentCredentials: true }
}

async function readAnswer(
  connection: BufferedConnection,
  parser: Parser<Buffer>,
  limit: AbortSignal,
): Promise<Buffer | SocksOutcome> {
  const reading = await connection.read(parser, limit)
  if (reading.kind === 'value') return reading.value
  const isEmpty = reading.rest.length === 0
  return {
    kind: 'failed',
    detail: isEmpty ? 'the proxy closed the connection' : `not a SOCKS proxy: it looks like ${looksLike(reading.rest)}`,
  }
}

const sized = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8').subarray(0, 255)
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

/** A name as text, an IPv4 address in four bytes, an IPv6 address in sixteen. */
function addressOf(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)])
  if (isIP(host) === 0) return Buffer.concat([Buffer.from([3]), sized(host)])
  // The URL parser normalises IPv6 addresses; "::" stands for the omitted groups.
  const [head = '', tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0)
  return Buffer.from([4, ...[...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff])])
}
