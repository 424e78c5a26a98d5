import { isIP, isIPv4 } from 'node:net'
import type { Destination } from '../target.ts'
import type { BufferedConnection, Parser } from '../transport/buffered-connection.ts'
import { TimedOut, withTimeout } from '../transport/time-limit.ts'
import { looksLike } from '../wire-signature.ts'

/** What a SOCKS 5 proxy (RFC 1928) said to the request for a connection. */
export type SocksOutcome =
  | { readonly kind: 'open' }
  /** None of the ways to log in that were offered, or the login itself. */
  | { readonly kind: 'refuses-login'; readonly sentCredentials: boolean }
  | { readonly kind: 'refuses'; readonly reply: number }
  | { readonly kind: 'failed' | 'timeout'; readonly detail: string }

const version = 5
const withoutLogin = 0x00
const withPassword = 0x02
const none = 0xff

const take =
  (bytesWanted: number): Parser<Buffer> =>
  (bytes) =>
    bytes.length >= bytesWanted ? { value: Buffer.from(bytes.subarray(0, bytesWanted)), used: bytesWanted } : undefined

/** The whole reply: four bytes, an address of a kind that the fourth says, and a port. */
const parseReply: Parser<Buffer> = (bytes) => {
  if (bytes.length < 5) return undefined
  const address = { 1: 4, 3: 1 + (bytes[4] ?? 0), 4: 16 }[bytes[3] ?? 0] ?? 0
  return take(4 + address + 2)(bytes)
}

/** Asks for a connection by name: the proxy resolves it. User and password are sent only when it asks for them (RFC 1929). */
export async function requestSocks5(
  channel: BufferedConnection,
  { host, port }: Destination,
  login: { readonly user: string; readonly password: string } | undefined,
  limitMs: number,
  signal: AbortSignal,
): Promise<SocksOutcome> {
  const said = await withTimeout(limitMs, signal, async (limit): Promise<SocksOutcome> => {
    const read = async (wanted: Parser<Buffer>): Promise<Buffer | SocksOutcome> => {
      const seen = await channel.read(wanted, limit)
      if (seen.kind === 'value') return seen.value
      const detail = seen.rest.length === 0 ? 'it hung up' : `it is no SOCKS proxy: it sent ${looksLike(seen.rest)}`
      return { kind: 'failed', detail }
    }
    const methods = login === undefined ? [withoutLogin] : [withoutLogin, withPassword]
    channel.write(Buffer.from([version, methods.length, ...methods]))
    const chosen = await read(take(2))
    if (!Buffer.isBuffer(chosen)) return chosen
    if (chosen[0] !== version) return { kind: 'failed', detail: `it is no SOCKS 5 proxy: it sent ${looksLike(chosen)}` }
    if (chosen[1] === none || (chosen[1] === withPassword && login === undefined))
      return { kind: 'refuses-login', sentCredentials: false }
    if (chosen[1] === withPassword && login !== undefined) {
      channel.write(Buffer.concat([Buffer.from([1]), sized(login.user), sized(login.password)]))
      const accepted = await read(take(2))
      if (!Buffer.isBuffer(accepted)) return accepted
      if (accepted[1] !== 0) return { kind: 'refuses-login', sentCredentials: true }
    }
    channel.write(Buffer.concat([Buffer.from([version, 1, 0]), addressOf(host), Buffer.from([port >> 8, port & 0xff])]))
    const reply = await read(parseReply)
    if (!Buffer.isBuffer(reply)) return reply
    return reply[1] === 0 ? { kind: 'open' } : { kind: 'refuses', reply: reply[1] ?? 1 }
  })
  return said === TimedOut ? { kind: 'timeout', detail: `gave no answer in ${limitMs / 1_000} s` } : said
}

const sized = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8').subarray(0, 255)
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

/** A name as it is, an address of IPv4 in four bytes, one of IPv6 in sixteen. */
function addressOf(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)])
  if (isIP(host) === 0) return Buffer.concat([Buffer.from([3]), sized(host)])
  // The URL parser writes every form of an address of IPv6 in one way, and "::" stands for the groups that are left out.
  const [head = '', tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((one) => Number.parseInt(one, 16)))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0)
  return Buffer.from([4, ...[...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff])])
}
