import { isIP } from 'node:net'
import { addressKind, inRanges } from '../addresses.ts'

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

/** A proxy's URL, or host and port, without the user and password that may be in it. */
export const withoutUserinfo = (value: string): string => value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/?#@]*@/i, '$1')
