import { isIP } from 'node:net'

/** Where a connection goes through; `undefined` means straight to the server. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy that a Go program (helm, kubectl) would take for this URL, so that Hangar and helm go the same way.
 * The rules are those of golang.org/x/net/http/httpproxy: upper case before lower case, no ALL_PROXY,
 * `localhost` and loopback addresses never through a proxy, NO_PROXY with hosts, `.suffix`, `*`, CIDR and `:port`.
 * Returns undefined for a direct connection; a value without a scheme is taken as `http://`.
 */
export function proxyFor(target: URL, environment: Environment): string | undefined {
  const setting = target.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const proxy = read(environment, setting)?.trim()
  if (proxy === undefined || proxy === '') return undefined
  if (!mayProxy(target, read(environment, 'no_proxy') ?? '')) return undefined
  return /^[a-z][a-z0-9+.-]*:\/\/./i.test(proxy) ? proxy : `http://${proxy}`
}

/** The proxy of the kubeconfig's `proxy-url` if it has one (it holds for loopback too), else that of the environment. */
export function clusterProxy(server: URL, proxyUrl: string | undefined, environment: Environment): string | undefined {
  return proxyUrl !== undefined && proxyUrl !== '' ? proxyUrl : proxyFor(server, environment)
}

/** A proxy's address without the name and password that it may hold. */
export function withoutUserInfo(url: string): string {
  try {
    const parsed = new URL(url)
    parsed.username = ''
    parsed.password = ''
    return parsed.href.replace(/\/$/, '')
  } catch {
    return url.replace(/\/\/[^@/]*@/, '//')
  }
}

function read(environment: Environment, name: string): string | undefined {
  const upper = environment[name.toUpperCase()]
  return upper !== undefined && upper !== '' ? upper : environment[name]
}

function mayProxy(target: URL, noProxy: string): boolean {
  const host = bare(target.hostname)
  if (host === 'localhost' || isLoopback(host)) return false
  const port = target.port !== '' ? target.port : target.protocol === 'https:' ? '443' : '80'
  return !noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && excludes(entry, host, port))
}

function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const network = parseNetwork(entry)
  if (network !== undefined) return inNetwork(host, network)
  const { name, onlyPort } = splitPort(entry)
  if (name === '' || (onlyPort !== undefined && onlyPort !== port)) return false
  if (isIP(name) !== 0) return sameAddress(name, host)
  if (isIP(host) !== 0) return false
  const suffix = name.startsWith('*.') ? name.slice(1) : name
  if (suffix.startsWith('.')) return host.endsWith(suffix)
  return host === suffix || host.endsWith(`.${suffix}`)
}

function splitPort(entry: string): { name: string; onlyPort?: string } {
  const bracketed = /^\[([^\]]*)\]:(\d+)$/.exec(entry)
  if (bracketed) return { name: bracketed[1] ?? '', onlyPort: bracketed[2] }
  const plain = /^([^:]*):(\d+)$/.exec(entry)
  if (plain) return { name: plain[1] ?? '', onlyPort: plain[2] }
  return { name: bare(entry) }
}

const bare = (host: string): string => host.toLowerCase().replace(/^\[(.*)\]$/, '$1')

function isLoopback(host: string): boolean {
  const address = toBits(host)
  if (address === undefined) return false
  return address.width === 32 ? address.bits >> 24n === 127n : address.bits === 1n
}

const sameAddress = (left: string, right: string): boolean => {
  const a = toBits(left)
  const b = toBits(right)
  return a !== undefined && b !== undefined && a.width === b.width && a.bits === b.bits
}

interface Address {
  readonly bits: bigint
  readonly width: 32 | 128
}

function parseNetwork(entry: string): (Address & { readonly prefix: number }) | undefined {
  const match = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry)
  const address = toBits(match?.[1] ?? '')
  const prefix = Number(match?.[2])
  return address === undefined || prefix > address.width ? undefined : { ...address, prefix }
}

function inNetwork(host: string, network: Address & { readonly prefix: number }): boolean {
  const address = toBits(host)
  if (address === undefined || address.width !== network.width) return false
  const shift = BigInt(network.width - network.prefix)
  return address.bits >> shift === network.bits >> shift
}

/** An address as a number. IPv4 inside IPv6 (`::ffff:10.0.0.1`) counts as IPv4, as in Go. */
function toBits(text: string): Address | undefined {
  const family = isIP(text)
  if (family === 4) return { bits: text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n), width: 32 }
  if (family !== 6) return undefined
  const hex = (text.split('%')[0] ?? '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number)
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
  const [head = '', tail] = hex.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  const bits = groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
  return bits >> 32n === 0xffffn ? { bits: bits & 0xffffffffn, width: 32 } : { bits, width: 128 }
}
