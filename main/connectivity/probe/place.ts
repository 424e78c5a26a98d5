import { isIP } from 'node:net'
import { bareHost, hostPattern } from './addresses.ts'

/** Where a client connects to. Another port or scheme of the same host is another place: a firewall may close it, and nothing may listen there. */
export interface Place {
  readonly host: string
  readonly port: number
  readonly tls: boolean
}

/** Lower case, without the dot of the root. */
const plainHost = (host: string): string => bareHost(host).toLowerCase().replace(/\.$/, '')

/** The same text for the same place. */
export const placeOf = ({ host, port, tls }: Place): string => `${tls ? 'https' : 'http'}://${plainHost(host)}:${port}`

/** Whether a place is among others. */
export const isAmong = (place: Place, others: readonly Place[]): boolean =>
  others.some((other) => placeOf(other) === placeOf(place))

/** The place of a URL; undefined where it is not HTTP or names no valid host. */
export function placeOfUrl(url: string): Place | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, hostname, port: written } = new URL(url)
  const host = plainHost(hostname)
  const tls = protocol === 'https:'
  const defaultPort = tls ? 443 : 80
  const port = written === '' ? defaultPort : Number(written)
  if (!['https:', 'http:'].includes(protocol) || port === 0) return undefined
  return isIP(host) !== 0 || (hostPattern.test(host) && host.length <= 253) ? { host, port, tls } : undefined
}
