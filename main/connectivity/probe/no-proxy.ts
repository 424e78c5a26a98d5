import { isIP } from 'node:net'
import { addressKind, authority, inRanges, isLocalhost } from './addresses.ts'
import type { ProxyEnvironment, Target } from './target.ts'

/** Whether NO_PROXY takes a destination out; this machine never goes through a proxy. */
export function bypassesProxy(host: string, port: number, noProxy: string): boolean {
  const name = host.toLowerCase()
  if (name === 'localhost' || (isIP(name) !== 0 && addressKind(name) === 'loopback')) return true
  return entryThatBypasses(host, port, noProxy) !== undefined
}

/**
 * The entry of NO_PROXY that names a destination, as Go's golang.org/x/net/http/httpproxy reads them: `*`, an address, a
 * CIDR range, a domain (itself and what is below) or `.domain` and `*.domain` (only what is below), each but ranges with an
 * optional port. A dot at the end of a name is part of it.
 */
export function entryThatBypasses(host: string, port: number, noProxy: string): string | undefined {
  const name = host.toLowerCase()
  const isAddress = isIP(name) !== 0
  return noProxy.split(',').find((raw) => {
    const entry = raw.trim().toLowerCase()
    if (entry === '') return false
    if (entry === '*') return true
    if (isRange(entry)) return isAddress && inRanges(name, [entry])
    const { host: wanted, port: wantedPort } = splitPort(entry)
    if (wanted === '' || (wantedPort !== undefined && wantedPort !== port)) return false
    if (isIP(wanted) !== 0) return isAddress && wanted === name
    if (isAddress) return false
    const domain = wanted.replace(/^\*(?=\.)/, '')
    return domain.startsWith('.') ? name.endsWith(domain) : name === domain || name.endsWith(`.${domain}`)
  })
}

const isRange = (entry: string): boolean => {
  const [net = '', prefix = '', more] = entry.split('/')
  return more === undefined && isIP(net) !== 0 && /^\d{1,3}$/.test(prefix)
}

function splitPort(entry: string): { host: string; port: number | undefined } {
  // Brackets without a port are no address to Go.
  const bracketed = /^\[(.+)\]:(\d+)$/.exec(entry)
  if (bracketed !== null) return { host: bracketed[1] ?? '', port: Number(bracketed[2]) }
  if (isIP(entry) !== 0) return { host: entry, port: undefined }
  const plain = /^(.*?)(?::(\d+))?$/.exec(entry)
  return { host: plain?.[1] ?? entry, port: plain?.[2] === undefined ? undefined : Number(plain[2]) }
}

export type ProxyChoice =
  | { readonly kind: 'direct'; readonly why: string }
  | { readonly kind: 'unusable'; readonly why: string }
  | {
      readonly kind: 'proxy'
      readonly host: string
      readonly port: number
      readonly tls: boolean
      /** `user:password` of the URL, decoded; only ever sent to the proxy. */
      readonly userinfo: string | undefined
      /** For people: without user and password. */
      readonly name: string
    }

/** What the environment means for a destination, were the component to honour it. */
export function chooseProxy(host: string, port: number, tls: boolean, proxies: ProxyEnvironment): ProxyChoice {
  const value = (tls ? proxies.httpsProxy : proxies.httpProxy).trim()
  if (value === '') return { kind: 'direct', why: `no ${tls ? 'HTTPS_PROXY' : 'HTTP_PROXY'} is set` }
  if (bypassesProxy(host, port, proxies.noProxy)) {
    const own = isLocalhost(host) || addressKind(host) === 'loopback'
    return { kind: 'direct', why: own ? 'this machine is never asked for through a proxy' : 'NO_PROXY names it' }
  }
  // Go takes a value without a scheme as http.
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`
  if (!URL.canParse(text)) return { kind: 'unusable', why: 'the proxy setting is no URL' }
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { kind: 'unusable', why: `a proxy of the kind "${url.protocol.slice(0, -1)}" is not spoken here` }
  }
  const secure = url.protocol === 'https:'
  const proxyHost = url.hostname.replace(/^\[|\]$/g, '')
  const proxyPort = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  const userinfo = url.username === '' ? undefined : `${decode(url.username)}:${decode(url.password)}`
  return {
    kind: 'proxy',
    host: proxyHost,
    port: proxyPort,
    tls: secure,
    userinfo,
    name: `${secure ? 'https' : 'http'}://${authority(proxyHost, proxyPort)}`,
  }
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a stray "%" is meant as it stands
  }
}

/** What applies to a row: as its component connects. */
export function proxyFor(target: Target, proxies: ProxyEnvironment): ProxyChoice {
  if (target.proxy === 'none') return { kind: 'direct', why: 'this component ignores proxy settings' }
  return chooseProxy(target.host, target.port, target.tls, proxies)
}

/** A proxy's URL, or host and port, without the user and password that may be in it. */
export const withoutUserinfo = (value: string): string => value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/?#@]*@/i, '$1')
