import { goProxyUrl, isAlwaysDirect, noProxyEntry } from '../../../lib/rules/go-proxy.ts'
import { authority } from '../addresses.ts'
import type { ProxyEnvironment, Target } from '../target.ts'
import { parsePac } from './pac.ts'

export type ProxyChoice =
  | { readonly kind: 'direct'; readonly reason: string }
  | { readonly kind: 'unusable'; readonly reason: string }
  | {
      readonly kind: 'proxy'
      readonly protocol: 'http' | 'socks5'
      readonly host: string
      readonly port: number
      /** TLS with the proxy itself. */
      readonly tls: boolean
      /** User and password of the URL, decoded; only ever sent to the proxy. */
      readonly login: { readonly user: string; readonly password: string } | undefined
      /** For people: without user and password. */
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

/** What the environment means for a destination, were the component to honour it. */
export function chooseProxy(host: string, port: number, tls: boolean, proxies: ProxyEnvironment): ProxyChoice {
  const value = (tls ? proxies.httpsProxy : proxies.httpProxy).trim()
  if (value === '') return { kind: 'direct', reason: `no ${tls ? 'HTTPS_PROXY' : 'HTTP_PROXY'} is set` }
  if (isAlwaysDirect(host)) return { kind: 'direct', reason: 'this machine is never asked for through a proxy' }
  if (noProxyEntry(host, port, proxies.noProxy) !== undefined) return { kind: 'direct', reason: 'NO_PROXY names it' }
  return parseProxyUrl(value)
}

function parseProxyUrl(value: string): ProxyChoice {
  const text = goProxyUrl(value)
  if (!URL.canParse(text)) return { kind: 'unusable', reason: 'the proxy setting is no URL' }
  const url = new URL(text)
  const kind = kinds[url.protocol]
  if (kind === undefined)
    return { kind: 'unusable', reason: `a proxy of the kind "${url.protocol.slice(0, -1)}" is not spoken here` }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (host === '') return { kind: 'unusable', reason: 'the proxy setting names no host' }
  // A scheme that URLs do not know keeps its usual port, the others leave it out.
  const port = url.port === '' ? kind.port : Number(url.port)
  const login = url.username === '' ? undefined : { user: decode(url.username), password: decode(url.password) }
  const scheme = url.protocol.slice(0, -1)
  return { kind: 'proxy', ...kind, host, port, login, name: `${scheme}://${authority(host, port)}` }
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a stray "%" is meant as it stands
  }
}

const lookupWithSystem = 'the PAC file or the system settings of this computer'

/** What applies to a row: as its component connects. What the system says counts where the environment says nothing. */
export function proxyFor(target: Target, proxies: ProxyEnvironment): ProxyChoice {
  if (target.proxy === 'none') return { kind: 'direct', reason: 'this component ignores proxy settings' }
  const [connector] = target.pac === undefined ? [] : parsePac(target.pac)
  if (connector === undefined || proxies.httpsProxy !== '' || proxies.httpProxy !== '')
    return chooseProxy(target.host, target.port, target.tls, proxies)
  return connector.url === '' ? { kind: 'direct', reason: `${lookupWithSystem} say so` } : parseProxyUrl(connector.url)
}
