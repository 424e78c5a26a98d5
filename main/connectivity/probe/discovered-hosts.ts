import { isIP } from 'node:net'
import type { DiscoveredHost } from '../../../preload/contract/connectivity.ts'
import { bareHost, hostPattern } from './addresses.ts'
import type { DiscoveredFacts, Facts, HttpResponse } from './facts.ts'
import { signInPage, tokenRealm } from './protocols/challenges.ts'
import { jsonBody } from './protocols/http.ts'
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
 * Leaves out the endpoint itself and the hosts that it names, and whatever is not a valid host and port. Pure.
 */
export function discoveredHosts({ identity }: Pick<Facts, 'identity'>, target: Target): readonly DiscoveredHost[] {
  if (identity?.kind !== 'http' && identity?.kind !== 'websocket') return []
  const own = new Set(
    [target.host, target.serverName].map((host) => placeOf({ host, port: target.port, tls: target.tls })),
  )
  // Companions are checked separately, each at its own port.
  const companions = new Set(target.companionHosts.map(plainHost))
  const hosts = new Map<string, DiscoveredHost>()
  for (const { url, reason, required } of urlReferences(identity.response, target)) {
    const endpoint = endpointOfUrl(url)
    if (endpoint === undefined || companions.has(endpoint.host)) continue
    const place = placeOf(endpoint)
    if (own.has(place) || hosts.has(place)) continue
    hosts.set(place, { ...endpoint, reason, required })
    if (hosts.size >= discoveredLimit) break
  }
  return [...hosts.values()]
}

/** Another port or scheme of the same host is another place: a firewall may close it, and nothing may listen there. */
const placeOf = ({ host, port, tls }: Pick<DiscoveredHost, 'host' | 'port' | 'tls'>): string =>
  `${tls ? 'https' : 'http'}://${plainHost(host)}:${port}`

/** Where a server that is reached over TLS wants credentials to be sent without it; undefined: nowhere. */
export function clearTextSignIn({ identity }: Pick<Facts, 'identity'>, target: Target): string | undefined {
  if (!target.tls || (identity?.kind !== 'http' && identity?.kind !== 'websocket')) return undefined
  const places = urlReferences(identity.response, target)
    .filter(({ reason }) => reason === 'token-server' || reason === 'sign-in')
    .map(({ url }) => endpointOfUrl(url))
  const place = places.find((each) => each?.tls === false)
  return place === undefined ? undefined : `${place.host} port ${place.port}`
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
  // A registry may leave the scheme out.
  const tokens = tokenRealm(response, protocol === 'oci' ? ['bearer', ''] : ['bearer'])
  return [
    { url: tokens ?? '', reason: 'token-server', required: protocol === 'oci' },
    ...(protocol === 'acme' ? acmeReferences(response) : []),
    { url: signInPage(response) ?? '', reason: 'sign-in', required: false },
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
