import { goProxyUrl, isAlwaysDirect, noProxyEntry } from '../../../lib/rules/go-proxy.ts'
import { authority } from '../addresses.ts'
import type { ProxyEnvironment, Target } from '../target.ts'
import { parsePac } from './pac.ts'

export type ProxyChoice =
  | { readonly kind: 'direct'; readonly why: string }
  | { readonly kind: 'unusable'; readonly why: string }
  | {
      readonly kind: 'proxy'
      readonly speaks: 'http' | 'socks5'
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
  readonly speaks: 'http' | 'socks5'
  readonly tls: boolean
  readonly port: number
}

const kinds: Readonly<Record<string, Kind>> = {
  'http:': { speaks: 'http', tls: false, port: 80 },
  'https:': { speaks: 'http', tls: true, port: 443 },
  // The name is resolved by the proxy in both, as Go does it.
  'socks5:': { speaks: 'socks5', tls: false, port: 1_080 },
  'socks5h:': { speaks: 'socks5', tls: false, port: 1_080 },
}

/** What the environment means for a destination, were the component to honour it. */
export function chooseProxy(host: string, port: number, tls: boolean, proxies: ProxyEnvironment): ProxyChoice {
  const value = (tls ? proxies.httpsProxy : proxies.httpProxy).trim()
  if (value === '') return { kind: 'direct', why: `no ${tls ? 'HTTPS_PROXY' : 'HTTP_PROXY'} is set` }
  if (isAlwaysDirect(host)) return { kind: 'direct', why: 'this machine is never asked for through a proxy' }
  if (noProxyEntry(host, port, proxies.noProxy) !== undefined) return { kind: 'direct', why: 'NO_PROXY names it' }
  return proxyAt(value)
}

function proxyAt(value: string): ProxyChoice {
  const text = goProxyUrl(value)
  if (!URL.canParse(text)) return { kind: 'unusable', why: 'the proxy setting is no URL' }
  const url = new URL(text)
  const kind = kinds[url.protocol]
  if (kind === undefined)
    return { kind: 'unusable', why: `a proxy of the kind "${url.protocol.slice(0, -1)}" is not spoken here` }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (host === '') return { kind: 'unusable', why: 'the proxy setting names no host' }
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

const bySystem = 'the PAC file or the system settings of this computer'

/** What applies to a row: as its component connects. What the system says counts where the environment says nothing. */
export function proxyFor(target: Target, proxies: ProxyEnvironment): ProxyChoice {
  if (target.proxy === 'none') return { kind: 'direct', why: 'this component ignores proxy settings' }
  const [way] = target.pac === undefined ? [] : parsePac(target.pac)
  if (way === undefined || proxies.httpsProxy !== '' || proxies.httpProxy !== '')
    return chooseProxy(target.host, target.port, target.tls, proxies)
  return way.url === '' ? { kind: 'direct', why: `${bySystem} say so` } : proxyAt(way.url)
}
