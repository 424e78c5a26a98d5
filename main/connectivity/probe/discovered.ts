import { bareHost } from './addresses.ts'
import type { Facts, HttpFacts } from './facts.ts'
import { challenge, jsonOf } from './protocols/http.ts'
import type { Target } from './target.ts'

/** A host that a far end itself sends to, though the row does not name it. */
export interface Discovered {
  readonly target: Target
  readonly why: string
  /** Without it the row does not work; else it is told of, and changes no verdict. */
  readonly needed: boolean
}

interface Mention {
  readonly url: string
  readonly why: string
  readonly needed: boolean
}

/** What a far end says is not believed without bound: so many hosts are asked, at most. */
const discoveredLimit = 3

/**
 * The hosts that an answer sends to: a registry's token server, an ACME server's other hosts, where a redirect leads, who
 * signs in to Azure. Those that the row has or names are left out. Pure.
 */
export function discoveredHosts({ identity }: Facts, target: Target): readonly Discovered[] {
  if (identity?.kind !== 'http') return []
  const known = new Set([target.host, target.serverName, ...target.companionHosts].map(plainHost))
  const found = new Map<string, Discovered>()
  for (const { url, why, needed } of mentions(identity.answer, target)) {
    if (!URL.canParse(url)) continue
    const { protocol, hostname, port } = new URL(url)
    const host = plainHost(hostname)
    if (!['https:', 'http:'].includes(protocol) || known.has(host) || found.has(host)) continue
    const tls = protocol === 'https:'
    found.set(host, { target: placeOf(target, host, port === '' ? (tls ? 443 : 80) : Number(port), tls), why, needed })
    if (found.size >= discoveredLimit) break
  }
  return [...found.values()]
}

const plainHost = (host: string): string => bareHost(host).toLowerCase().replace(/\.$/, '')

/** Reached as its row is; any answer in its name will do. Nothing of the row's own is shown to it. */
const placeOf = (row: Target, host: string, port: number, tls: boolean): Target => ({
  ...row,
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
  anyAnswer: true,
})

function mentions(answer: HttpFacts, { protocol }: Target): readonly Mention[] {
  const asks = challenge(answer)
  const said = (pattern: RegExp): string => pattern.exec(asks)?.[1] ?? ''
  if (protocol === 'oci')
    return [
      { url: said(/\brealm="?(https?:[^",\s]+)/i), why: 'gives the tokens that the registry asks for', needed: true },
    ]
  if (protocol === 'acme') {
    const json = jsonOf(answer)
    const urls = typeof json === 'object' && json !== null ? Object.entries(json) : []
    return urls.flatMap(([key, url]) =>
      typeof url === 'string' && /^new(?:Nonce|Account|Order)$/.test(key)
        ? [{ url, why: `is named by the ACME directory (${key})`, needed: true }]
        : [],
    )
  }
  if (protocol === 'arm' || protocol === 'vault')
    return [
      {
        url: said(/\bauthorization(?:_uri)?="?(https?:[^",\s]+)/i),
        why: 'is where it sends to sign in',
        needed: false,
      },
    ]
  return answer.status >= 300 && answer.status < 400
    ? [{ url: answer.headers.location ?? '', why: 'is where it redirects to', needed: false }]
    : []
}
