import { isIP } from 'node:net'
import type { DiscoveredHost } from '../../../preload/contract/connectivity.ts'
import { bareHost, hostPattern } from './addresses.ts'
import type { DiscoveredFacts, Facts, HttpResponse } from './facts.ts'
import { challenge, jsonBody } from './protocols/http.ts'
import type { Target } from './target.ts'

/** A URL in a response, before it is checked. */
interface UrlReference {
  readonly url: string
  readonly reason: DiscoveredHost['reason']
  readonly required: boolean
}

/** A peer can name any number of hosts; at most this many are checked and reported. */
const discoveredLimit = 3

/**
 * The hosts that a response directs clients to: a registry's token server, an ACME server's other hosts, a sign-in page, a redirect.
 * Leaves out the hosts that the endpoint names itself, and whatever is not a valid host and port. Pure.
 */
export function discoveredHosts({ identity }: Pick<Facts, 'identity'>, target: Target): readonly DiscoveredHost[] {
  if (identity?.kind !== 'http' && identity?.kind !== 'websocket') return []
  const known = new Set([target.host, target.serverName, ...target.companionHosts].map(plainHost))
  const hosts = new Map<string, DiscoveredHost>()
  for (const { url, reason, required } of urlReferences(identity.response, target)) {
    const endpoint = endpointOfUrl(url)
    if (endpoint === undefined || known.has(endpoint.host) || hosts.has(endpoint.host)) continue
    hosts.set(endpoint.host, { ...endpoint, reason, required })
    if (hosts.size >= discoveredLimit) break
  }
  return [...hosts.values()]
}

const plainHost = (host: string): string => bareHost(host).toLowerCase().replace(/\.$/, '')

/** Host, port and TLS of a URL; undefined where it is not HTTP or names no valid host. */
function endpointOfUrl(url: string): Pick<DiscoveredHost, 'host' | 'port' | 'tls'> | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, hostname, port: written } = new URL(url)
  const host = plainHost(hostname)
  const tls = protocol === 'https:'
  const defaultPort = tls ? 443 : 80
  const port = written === '' ? defaultPort : Number(written)
  if (!['https:', 'http:'].includes(protocol) || port === 0) return undefined
  return isIP(host) !== 0 || (hostPattern.test(host) && host.length <= 253) ? { host, port, tls } : undefined
}

/** Checked like its endpoint, and passes with any response for its name. It gets none of the endpoint's credentials. */
export const discoveredTarget = (endpoint: Target, { host, port, tls }: DiscoveredHost): Target => ({
  ...endpoint,
  host,
  port,
  tls,
  protocol: 'https',
  path: undefined,
  serverName: host,
  clientCertificate: undefined,
  clientCertificateMissing: false,
  credential: undefined,
  alpn: undefined,
  expect: undefined,
  addressRanges: [],
  companionHosts: [],
  anyResponse: true,
})

function urlReferences(response: HttpResponse, { protocol }: Target): readonly UrlReference[] {
  const header = challenge(response)
  const urlIn = (pattern: RegExp): string => pattern.exec(header)?.[1] ?? ''
  // Only a bearer challenge names a token server (distribution: token authentication); a registry may leave the scheme out.
  const tokens = protocol === 'oci' || /^bearer\b/i.test(header) ? urlIn(/\brealm="?(https?:[^",\s]+)/i) : ''
  return [
    { url: tokens, reason: 'token-server', required: protocol === 'oci' },
    ...(protocol === 'acme' ? acmeReferences(response) : []),
    { url: urlIn(/\bauthorization(?:_uri)?="?(https?:[^",\s]+)/i), reason: 'sign-in', required: false },
    ...(response.status >= 300 && response.status < 400
      ? [{ url: response.headers.location ?? '', reason: 'redirect', required: false } as const]
      : []),
  ]
}

function acmeReferences(response: HttpResponse): readonly UrlReference[] {
  const json = jsonBody(response)
  const fields = typeof json === 'object' && json !== null ? Object.entries(json) : []
  return fields.flatMap(([key, url]) =>
    typeof url === 'string' && /^new(?:Nonce|Account|Order)$/.test(key)
      ? [{ url, reason: 'acme-directory', required: true } as const]
      : [],
  )
}

/** Why the endpoint needs the host, after "HOST port PORT". */
export const reasonWords: Readonly<Record<DiscoveredHost['reason'], string>> = {
  'token-server': 'issues the tokens that the registry requires',
  'acme-directory': 'is named by the ACME directory',
  'sign-in': 'is the sign-in page',
  redirect: 'is the target of a redirect',
}

/** One line per discovered host: why it is needed and whether it was reached. */
export const discoveredWords = (discovered: readonly DiscoveredFacts[] = []): string =>
  discovered
    .map(
      ({ host, port, reason, reached, cause }) =>
        `${host} port ${port} ${reasonWords[reason]}: ${reached ? 'reachable' : `not reachable (${cause})`}`,
    )
    .join('\n')
