import { BlockList, isIP, isIPv4 } from 'node:net'
import { domainToASCII } from 'node:url'

/**
 * How a Go program (helm, kubectl, most components of Kubernetes) reads the proxy variables: `http.ProxyFromEnvironment`,
 * which is golang.org/x/net/http/httpproxy. Upper case comes before lower case, as in Go 1.26; x/net 0.58 reversed that.
 */

/** Variables of an environment. */
export type ProxyVariables = Readonly<Record<string, string | undefined>>

/**
 * The value of a variable and the name that is set. An empty variable counts as unset. Blanks around a proxy stay: Go does not
 * remove them, and no URL can have them.
 */
export function goProxyVariable(
  name: 'HTTPS_PROXY' | 'HTTP_PROXY' | 'NO_PROXY',
  variables: ProxyVariables,
): { readonly name: string; readonly value: string } | undefined {
  for (const spelling of [name, name.toLowerCase()]) {
    const value = variables[spelling] ?? ''
    if (value.trim() !== '') return { name: spelling, value }
  }
  return undefined
}

/**
 * A proxy setting as a URL: a value without a scheme is taken as `http://`. Unlike in Go, `http://` alone stays as it is,
 * so that it is reported and not taken for a host named `http`.
 */
export const goProxyUrl = (value: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`

/** Whether Go connects directly, whatever is set: `localhost` and loopback addresses. `host`: a name, or an address without brackets. */
export function isAlwaysDirect(host: string): boolean {
  const address = parseAddress(host)
  return host === 'localhost' || (address !== undefined && loopback.check(address, familyOf(address)))
}

/**
 * The entry of NO_PROXY, as it is written there, that exempts a destination: `*`, an address, a CIDR range, a domain (itself
 * and its subdomains), or `.domain` and `*.domain` (subdomains only); each but `*` and ranges with an optional port. A dot
 * at the end of a name is part of it. An entry that Go cannot parse exempts nothing.
 */
export function noProxyEntry(host: string, port: number, noProxy: string): string | undefined {
  const address = parseAddress(host)
  const name = toAscii(host).toLowerCase()
  return noProxy
    .split(',')
    .map((entry) => entry.trim())
    .find((entry) => entry !== '' && exempts(entry.toLowerCase(), { name, address, port: String(port) }))
}

/** The proxy that Go uses for an `http` or `https` destination; undefined: a direct connection. */
export function goProxyFor(
  { scheme, host, port }: { readonly scheme: string; readonly host: string; readonly port: number },
  variables: ProxyVariables,
): string | undefined {
  if (scheme !== 'http' && scheme !== 'https') return undefined
  const proxy = goProxyVariable(scheme === 'https' ? 'HTTPS_PROXY' : 'HTTP_PROXY', variables)
  if (proxy === undefined || isAlwaysDirect(host)) return undefined
  const entry = noProxyEntry(host, port, goProxyVariable('NO_PROXY', variables)?.value ?? '')
  return entry === undefined ? goProxyUrl(proxy.value) : undefined
}

interface Destination {
  readonly name: string
  /** Canonical; undefined where the host is a name. */
  readonly address: string | undefined
  readonly port: string
}

function exempts(entry: string, { name, address, port }: Destination): boolean {
  if (entry === '*') return true
  const range = parseRange(entry)
  if (range !== undefined)
    return address !== undefined && familyOf(address) === range.family && range.list.check(address, range.family)
  const { host, port: entryPort } = splitHostPort(entry)
  if (host === '' || (entryPort !== '' && entryPort !== port)) return false
  const entryAddress = host.includes('%') ? undefined : parseAddress(host)
  if (entryAddress !== undefined) return entryAddress === address
  if (address !== undefined) return false
  const domain = host.startsWith('*.') ? host.slice(1) : host
  if (domain.startsWith('.')) return name.endsWith(toAscii(domain))
  return `.${name}`.endsWith(toAscii(`.${domain}`))
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6')

/** One spelling for each address: IPv4 inside IPv6 (`::ffff:10.0.0.1`) counts as IPv4, a zone (`%eth0`) does not count. */
function parseAddress(text: string): string | undefined {
  const [bare = '', zone] = text.split(/%(.*)/s)
  const version = isIP(bare)
  if (version === 0 || zone === '') return undefined
  if (version === 4) return zone === undefined ? bare : undefined
  const address = new URL(`http://[${bare}]`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? []
  if (high === undefined || low === undefined) return address
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const mappedBits = 96

/** A CIDR range. Go reads `::ffff:10.0.0.0/104` as `10.0.0.0/8`. */
function parseRange(entry: string): { readonly list: BlockList; readonly family: 'ipv4' | 'ipv6' } | undefined {
  const [, text = '', digits = ''] = /^([^/%]+)\/(\d+)$/.exec(entry) ?? []
  const address = parseAddress(text)
  const prefix = Number(digits)
  if (address === undefined || prefix > (isIPv4(text) ? 32 : 128)) return undefined
  const list = new BlockList()
  const isMapped = isIPv4(address) && !isIPv4(text)
  if (!isMapped) list.addSubnet(address, prefix, familyOf(address))
  else if (prefix >= mappedBits) list.addSubnet(address, prefix - mappedBits, 'ipv4')
  else list.addSubnet(text, prefix, 'ipv6')
  return { list, family: isMapped && prefix < mappedBits ? 'ipv6' : familyOf(address) }
}

/** Go's net.SplitHostPort; an entry that it rejects, such as `[fd00::1]` without a port, is used as a host unchanged. */
function splitHostPort(entry: string): { readonly host: string; readonly port: string } {
  const [, bracketed, plain, port] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(entry) ?? []
  return port === undefined ? { host: entry, port: '' } : { host: bracketed ?? plain ?? '', port }
}

/** Names are compared in their ASCII form; one that has none stays as it is. */
const toAscii = (name: string): string => {
  if (/^[\x00-\x7f]*$/.test(name)) return name
  const [dot = '', rest = ''] = name.startsWith('.') ? ['.', name.slice(1)] : ['', name]
  const ascii = domainToASCII(rest)
  return ascii === '' ? name : `${dot}${ascii}`
}
