import { isIP } from 'node:net'
import type { ConnectivityReport, DiscoveredHost, Result } from '../../../preload/contract/connectivity.ts'
import type { Endpoint } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import { vantageTitle } from '../../../preload/vantages.ts'
import { substituteText } from '../../lib/rules/substitution.ts'
import { rowOf } from '../plan/rows.ts'
import { bareHost, hostPattern } from '../probe/addresses.ts'
import { chooseProxy } from '../probe/proxy/proxy-choice.ts'
import type { ProxyEnvironment } from '../probe/target.ts'
import type { Destination, Evidence, ProxyPlace } from './destination.ts'
import { publicNeeds } from './public-companions.ts'

export interface ExpandFrom {
  readonly endpoints: readonly Endpoint[]
  readonly settings: JsonObject
  readonly componentTitles: Readonly<Record<string, string>>
  readonly last: ConnectivityReport | undefined
  /** The proxy variables of the components, if the user gave them. */
  readonly proxies: ProxyEnvironment | undefined
}

/** All destinations of an endpoint list: endpoints, their companions, hosts found by the last run, and what nodes need. Pure. */
export function expand({ endpoints, settings, componentTitles, last, proxies }: ExpandFrom): Destination[] {
  const resultsOf = Map.groupBy(last?.results ?? [], ({ endpoint }) => endpoint)
  const all = endpoints.flatMap((endpoint) => {
    const title = componentTitles[endpoint.component] ?? endpoint.component
    const results = resultsOf.get(endpoint.id) ?? []
    return destinationsOf(endpoint, settings, title, results, last?.startedAt ?? '', proxies)
  })
  return [...unique(all), ...nodeDestinations]
}

/** A host as rules write it; empty if the text is not a host, so that no rule contains it. */
function ruleHost(text: string): string {
  const host = bareHost(text).toLowerCase().replace(/\.$/, '')
  return isIP(host) !== 0 || hostPattern.test(host) ? host : ''
}

/** Whether a text of a profile is a CIDR range; other texts are left out. */
const isCidr = (text: string): boolean => {
  const [net = '', bits = '', ...more] = text.split('/')
  const family = isIP(net)
  return family !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}

function destinationsOf(
  endpoint: Endpoint,
  settings: JsonObject,
  componentTitle: string,
  results: readonly Result[],
  checkedAt: string,
  proxies: ProxyEnvironment | undefined,
): readonly Destination[] {
  const row = rowOf(endpoint, settings, componentTitle)
  const host = ruleHost(row.host)
  const { missing } = substituteText(endpoint.host, settings)
  const honoursProxy = endpoint.clientProfile.proxy === 'env'
  const through = throughProxy(results, proxies, honoursProxy)
  const primary: Destination = {
    id: row.id,
    component: row.component,
    componentTitle,
    title: row.title,
    kind: 'row',
    why: '',
    source: sourceOf(endpoint, componentTitle),
    direction: row.direction,
    scope: row.scope,
    host,
    unresolvedReason: host === '' ? unresolvedReasonOf(row.host, missing) : '',
    port: row.port,
    transport: 'tcp',
    protocol: row.protocol,
    tls: row.tls,
    inspection: endpoint.inspection,
    honoursProxy,
    proxy: through(host, row.port, row.tls),
    required: row.required,
    addressRanges: endpoint.addressRanges.filter(isCidr),
    evidence: results.map((result) => evidenceOf(result, checkedAt)),
    note: row.note,
  }
  if (row.direction !== 'outbound') return [primary]
  const furtherDestination = (
    more: Partial<Destination> & Pick<Destination, 'id' | 'kind' | 'why' | 'host' | 'port'>,
  ): Destination => ({
    ...primary,
    unresolvedReason: '',
    protocol: 'https',
    tls: true,
    addressRanges: [],
    evidence: primary.evidence.map((each) => ({ ...each, addresses: [] })),
    note: '',
    ...more,
    proxy: more.host === '' ? undefined : through(more.host, more.port, more.tls ?? true),
  })
  const companions = endpoint.companions.map(({ host: written, port, protocol, why }, index) => {
    const filled = substituteText(written, settings)
    const resolvedHost = filled.missing.length > 0 ? '' : ruleHost(filled.text)
    return furtherDestination({
      id: `${row.id}/${resolvedHost || `companion-${index + 1}`}`,
      kind: 'companion',
      why,
      host: resolvedHost,
      unresolvedReason: resolvedHost === '' ? unresolvedReasonOf(filled.text, filled.missing) : '',
      port,
      protocol,
    })
  })
  const known = host === '' ? { hosts: [], unresolvedReasons: [] } : publicNeeds(host, row.port)
  const published = known.hosts.map(({ host: more, port, why, required }) =>
    furtherDestination({
      id: `${row.id}/${more}`,
      kind: 'companion',
      why,
      host: more,
      port,
      required: row.required && required,
    }),
  )
  const unresolved = known.unresolvedReasons.map((unresolvedReason, index) =>
    furtherDestination({
      id: `${row.id}/more-${index + 1}`,
      kind: 'companion',
      why: 'the service needs it',
      host: '',
      unresolvedReason,
      port: 443,
    }),
  )
  const discovered = results.flatMap(({ verdict, facts }) =>
    facts.discoveredHosts.map(({ host: named, port, tls, reason }) => {
      // Only hosts that the expected server names are trusted; another server can be a portal or a filter.
      const allowed = verdict === 'pass' ? ruleHost(named) : ''
      return furtherDestination({
        id: `${row.id}/${named}`,
        kind: 'discovered',
        why: `${discoveryWords[reason]}, found by the last run`,
        host: allowed,
        unresolvedReason:
          allowed === ''
            ? `the endpoint did not pass, and the server that responded names ${named} port ${port} (${discoveryWords[reason]}). Allow this host only if you trust it`
            : '',
        port,
        protocol: tls ? 'https' : 'http',
        tls,
      })
    }),
  )
  return [primary, ...companions, ...published, ...unresolved, ...discovered]
}

const discoveryWords: Readonly<Record<DiscoveredHost['reason'], string>> = {
  redirect: 'redirect target',
  'token-server': 'token server',
  'sign-in': 'sign-in page',
  'acme-directory': 'listed in the ACME directory',
}

const unresolvedReasonOf = (host: string, missing: readonly string[]): string =>
  missing.length > 0
    ? `the setting ${missing.join(', ')} is empty: ask the vendor for the host`
    : host === ''
      ? 'the profile does not name the host: ask the vendor for it'
      : 'the configured value is not a host name'

const sourceOf = ({ direction, protocol }: Endpoint, componentTitle: string): string => {
  if (direction !== 'outbound') return 'outside the cluster'
  return protocol === 'oci'
    ? `nodes (they pull images themselves) and pods of ${componentTitle}`
    : `pods of ${componentTitle}`
}

const evidenceOf = ({ vantage, verdict, cause, facts, stages }: Result, checkedAt: string): Evidence => ({
  at: stages.find(({ at }) => at !== '')?.at || checkedAt,
  from: vantageTitle(vantage),
  verdict,
  cause,
  addresses: facts.addresses.filter((address) => isIP(address) !== 0),
})

/**
 * The proxy of a destination: from the given variables of the components, else from a run inside the cluster. The proxy of
 * this computer does not apply to pods.
 */
function throughProxy(
  results: readonly Result[],
  proxies: ProxyEnvironment | undefined,
  honours: boolean,
): (host: string, port: number, tls: boolean) => ProxyPlace | undefined {
  if (!honours) return () => undefined
  const usedProxy = results.find(({ vantage, facts: { proxy } }) => vantage.kind !== 'computer' && proxy !== '')?.facts
    .proxy
  const environment =
    proxies ?? (usedProxy === undefined ? undefined : { httpsProxy: usedProxy, httpProxy: usedProxy, noProxy: '' })
  return (host, port, tls) => {
    if (environment === undefined || host === '') return undefined
    const choice = chooseProxy(host, port, tls, environment)
    const proxyHost = choice.kind === 'proxy' ? ruleHost(choice.host) : ''
    return choice.kind === 'proxy' && proxyHost !== '' ? { host: proxyHost, port: choice.port } : undefined
  }
}

/** Each destination once, with the texts of its first mention; required if any mention is. */
function unique(all: readonly Destination[]): readonly Destination[] {
  const byKey = new Map<string, Destination>()
  for (const each of all) {
    const address = each.host === '' ? each.id : `${each.host} ${each.port} ${each.transport}`
    const key = `${each.component} ${each.direction} ${address}`
    const earlier = byKey.get(key)
    if (earlier === undefined) byKey.set(key, each)
    else if (!earlier.required && each.required) byKey.set(key, { ...earlier, required: true })
  }
  return [...byKey.values()]
}

const node = {
  component: 'nodes',
  componentTitle: 'Nodes',
  kind: 'nodes',
  source: 'nodes',
  direction: 'outbound',
  scope: 'vpc',
  host: '',
  tls: false,
  inspection: 'with-ca',
  honoursProxy: false,
  proxy: undefined,
  required: true,
  addressRanges: [],
  evidence: [],
  note: '',
} as const

/** Hosts that every node needs. They differ by network, so no profile names them. */
const nodeDestinations: readonly Destination[] = [
  {
    ...node,
    id: 'nodes-dns',
    title: 'Names (DNS)',
    why: 'nodes and the cluster’s DNS resolve the names of this list',
    unresolvedReason:
      'depends on your network: the addresses of the DNS servers that the nodes use (/etc/resolv.conf of a node)',
    port: 53,
    transport: 'tcp+udp',
    protocol: 'dns',
  },
  {
    ...node,
    id: 'nodes-ntp',
    title: 'Time (NTP)',
    why: 'a wrong clock breaks certificates and tokens',
    unresolvedReason: 'depends on your network: the addresses of the time servers that the nodes use',
    port: 123,
    transport: 'udp',
    protocol: 'ntp',
  },
]
