import { goProxyUrl, isAlwaysDirect, noProxyEntry } from '../../../lib/rules/go-proxy.ts'
import { authority } from '../addresses.ts'
import type { ProxyEnvironment, Target } from '../target.ts'
import { parsePac } from './pac.ts'
import { misspelling } from './spelling.ts'

export type ProxyChoice =
  | { readonly kind: 'direct'; readonly reason: string }
  | { readonly kind: 'unusable' | 'misspelled'; readonly reason: string }
  | {
      readonly kind: 'proxy'
      readonly protocol: 'http' | 'socks5'
      readonly host: string
      readonly port: number
      /** TLS with the proxy itself. */
      readonly tls: boolean
      /** User name and password of the URL, decoded; sent to the proxy only. */
      readonly login: { readonly user: string; readonly password: string } | undefined
      /** For display: the URL without user name and password. */
      readonly name: string
    }

interface Kind {
  readonly protocol: 'http' | 'socks5'
  readonly tls: boolean
  readonly port: number
}

const kinds: Readonly<Record<string, Kind>> = {
  'http:': { protocol: 'http', tls: false, port: 80 },
  'https:': { protocol: 'http', tls: true, port: 443 },
  // The name is resolved by the proxy in both, as Go does it.
  'socks5:': { protocol: 'socks5', tls: false, port: 1_080 },
  'socks5h:': { protocol: 'socks5', tls: false, port: 1_080 },
}

/** The proxy for a destination, for a component that honours the environment. */
export function chooseProxy(host: string, port: number, tls: boolean, proxies: ProxyEnvironment): ProxyChoice {
  const value = tls ? proxies.httpsProxy : proxies.httpProxy
  if (value === '') return { kind: 'direct', reason: `no ${tls ? 'HTTPS_PROXY' : 'HTTP_PROXY'} is set` }
  if (isAlwaysDirect(host)) return { kind: 'direct', reason: 'connections to this machine never use a proxy' }
  if (noProxyEntry(host, port, proxies.noProxy) !== undefined) return { kind: 'direct', reason: 'it matches NO_PROXY' }
  return parseProxyUrl(value)
}

function parseProxyUrl(value: string): ProxyChoice {
  // Go would take a bare scheme for a host name.
  if (/^[a-z][a-z0-9+.-]*:\/\/$/i.test(value)) return { kind: 'unusable', reason: 'the proxy setting has no host' }
  const problem = misspelling(value)
  if (problem !== undefined) return { kind: 'misspelled', reason: `the proxy setting ${problem}` }
  const text = goProxyUrl(value)
  if (!URL.canParse(text)) return { kind: 'unusable', reason: 'the proxy setting is not a URL' }
  const url = new URL(text)
  const kind = kinds[url.protocol]
  if (kind === undefined)
    return { kind: 'unusable', reason: `proxies with the scheme "${url.protocol.slice(0, -1)}" are not supported` }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (host === '') return { kind: 'unusable', reason: 'the proxy setting has no host' }
  // The URL parser drops the default port of the schemes that it knows.
  const port = url.port === '' ? kind.port : Number(url.port)
  const login = url.username === '' ? undefined : { user: decode(url.username), password: decode(url.password) }
  const scheme = url.protocol.slice(0, -1)
  return { kind: 'proxy', ...kind, host, port, login, name: `${scheme}://${authority(host, port)}` }
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a stray "%" is literal
  }
}

/** The proxy of an endpoint, as its component chooses it. The system's settings (PAC) apply where the environment has none. */
export function proxyFor(target: Target, proxies: ProxyEnvironment): ProxyChoice {
  if (target.proxy === 'none') return { kind: 'direct', reason: 'this component ignores proxy settings' }
  const [entry] = target.pac === undefined ? [] : parsePac(target.pac)
  if (entry === undefined || proxies.httpsProxy !== '' || proxies.httpProxy !== '')
    return chooseProxy(target.host, target.port, target.tls, proxies)
  return entry.url === ''
    ? { kind: 'direct', reason: 'by the PAC file or the system settings of this computer' }
    : parseProxyUrl(entry.url)
}
