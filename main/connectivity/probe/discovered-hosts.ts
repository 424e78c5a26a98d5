import type { DiscoveredHost } from '../../../preload/contract/connectivity.ts'
import type { DiscoveredFacts, Facts, HttpResponse } from './facts.ts'
import { placeOf, placeOfUrl } from './place.ts'
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
 * Leaves out the endpoint itself and the companions that it names, and whatever is not a valid host and port. Pure.
 */
export function discoveredHosts({ identity }: Pick<Facts, 'identity'>, target: Target): readonly DiscoveredHost[] {
  if (identity?.kind !== 'http' && identity?.kind !== 'websocket') return []
  const { host, serverName, port, tls, companionPlaces } = target
  // Companions are checked separately.
  const known = new Set([{ host, port, tls }, { host: serverName, port, tls }, ...companionPlaces].map(placeOf))
  const hosts = new Map<string, DiscoveredHost>()
  for (const { url, reason, required } of urlReferences(identity.response, target)) {
    const place = placeOfUrl(url)
    if (place === undefined) continue
    const key = placeOf(place)
    if (known.has(key) || hosts.has(key)) continue
    hosts.set(key, { ...place, reason, required })
    if (hosts.size >= discoveredLimit) break
  }
  return [...hosts.values()]
}

/** Where a server that is reached over TLS wants credentials to be sent without it; undefined: nowhere. */
export function clearTextSignIn({ identity }: Pick<Facts, 'identity'>, target: Target): string | undefined {
  if (!target.tls || (identity?.kind !== 'http' && identity?.kind !== 'websocket')) return undefined
  const places = urlReferences(identity.response, target)
    .filter(({ reason }) => reason === 'token-server' || reason === 'sign-in')
    .map(({ url }) => placeOfUrl(url))
  const place = places.find((each) => each?.tls === false)
  return place === undefined ? undefined : `${place.host} port ${place.port}`
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
  companionPlaces: [],
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
