import { noProxyEntry } from '../../../lib/rules/go-proxy.ts'
import { matchesWildcard } from '../../../lib/rules/wildcard.ts'

/** An entry of NO_PROXY that means a host and does not apply to it. */
export interface NoProxyMiss {
  readonly entry: string
  /** Continues "which …". */
  readonly why: string
}

const quotes = /["'\u2018\u2019\u201c\u201d]/g
const shownCharacters = 80

/**
 * The entry of NO_PROXY by which somebody meant to exempt a host, in a form that Go, curl and most programs read otherwise;
 * undefined without one, or where NO_PROXY exempts the host. Pure.
 */
export function noProxyMiss(host: string, port: number, noProxy: string): NoProxyMiss | undefined {
  if (noProxyEntry(host, port, noProxy) !== undefined) return undefined
  const name = host.toLowerCase().replace(/\.$/, '')
  for (const entry of noProxy.split(',').map((each) => each.trim())) {
    const why = entry === '' ? undefined : reasonOf(entry, name, port)
    if (why !== undefined) return { entry: entry.slice(0, shownCharacters), why }
  }
  return undefined
}

function reasonOf(entry: string, name: string, port: number): string | undefined {
  const parts = entry.split(/[;\s|]+/)
  if (parts.length > 1)
    return parts.some((part) => means(part, name, port))
      ? 'is separated by something other than a comma, so it is one entry to programs'
      : undefined
  const plain = entry.replaceAll(quotes, '')
  if (plain !== entry) return means(plain, name, port) ? 'has quotes, which are part of its value' : undefined
  return means(entry, name, port) ? formOf(entry, name) : undefined
}

function formOf(entry: string, name: string): string {
  if (/^[a-z]+:\/\//i.test(entry)) return 'is a URL, and an entry is a name'
  if (entry.toLowerCase() === `.${name}` || entry.toLowerCase() === `*.${name}`)
    return 'applies to the subdomains of the name alone'
  if (entry.includes('*')) return 'has "*" in another place than "*." before a domain'
  return /:\d+$/.test(entry) ? 'is for another port' : 'has something after the name'
}

/** Whether somebody who writes this means the host. */
function means(part: string, name: string, port: number): boolean {
  if (noProxyEntry(name, port, part) !== undefined) return true
  const bare = part
    .toLowerCase()
    .replaceAll(quotes, '')
    .replace(/^[a-z]+:\/\//, '')
    .split(/[/:]/, 1)
    .join()
  if (!/[a-z\d]/.test(bare)) return false
  if (bare === `.${name}` || bare === `*.${name}`) return true
  return matchesWildcard(name, bare) || matchesWildcard(name, `*${bare.startsWith('.') ? bare : `.${bare}`}`)
}
