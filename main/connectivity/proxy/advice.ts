import { isIP } from 'node:net'
import type { ProxyView } from '../../../preload/contract/connectivity.ts'
import { noProxyEntry } from '../../lib/rules/go-proxy.ts'
import { lacksScheme, misspelling } from '../probe/proxy/spelling.ts'
import type { ClusterAddresses } from './cluster-addresses.ts'
import { firstSet, type Variables } from './runtimes/destination.ts'

type Advice = ProxyView['advice'][number]

/** The fields of an endpoint that advice depends on. */
export interface AdvisedRow {
  readonly title: string
  readonly host: string
  readonly port: number
  readonly scope: string
  /** Whether its component uses proxy settings. */
  readonly usesProxySettings: boolean
}

/** What is missing from NO_PROXY, and which of its entries some programs misread. Pure. */
export function adviceFor(
  variables: Variables,
  rows: readonly AdvisedRow[],
  cluster: ClusterAddresses | undefined,
): readonly Advice[] {
  const noProxy = firstSet(variables, ['NO_PROXY', 'no_proxy'])?.value ?? ''
  return [
    ...disagreements(variables),
    ...misspelled(variables),
    ...missing(noProxy, rows, cluster),
    ...noProxy
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
      .flatMap((entry, _index, all) => misread(entry, all.length === 1)),
  ]
}

const pairs = [
  ['HTTPS_PROXY', 'https_proxy'],
  ['HTTP_PROXY', 'http_proxy'],
  ['NO_PROXY', 'no_proxy'],
] as const

/** Variables whose upper-case and lower-case forms differ: programs disagree on which one they read. */
function disagreements(variables: Variables): readonly Advice[] {
  const differ = pairs.filter(([upper, lower]) => {
    const [upperValue, lowerValue] = [variables[upper], variables[lower]]
    return upperValue !== undefined && lowerValue !== undefined && upperValue.trim() !== lowerValue.trim()
  })
  const clearText = (variables.HTTP_PROXY ?? '') !== '' && (variables.http_proxy ?? '') === ''
  return [
    ...differ.map(([upper, lower]) => ({
      entry: `${upper}, ${lower}`,
      message: `are both set and differ: Go uses ${upper}, other programs use ${lower}. Set both to the same value.`,
    })),
    ...(clearText
      ? [{ entry: 'http_proxy', message: 'is not set, and curl ignores HTTP_PROXY. Set http_proxy too.' }]
      : []),
  ]
}

/** Proxy settings that programs reject or misread. The setting itself is not quoted: it can hold a password. */
const misspelled = (variables: Variables): readonly Advice[] =>
  pairs
    .flat()
    .filter((name) => !/no_proxy/i.test(name))
    .flatMap((name) => {
      const value = variables[name]?.trim() ?? ''
      const problem = misspelling(value)
      if (problem !== undefined) return [{ entry: name, message: `${problem}.` }]
      return value !== '' && lacksScheme(value)
        ? [
            {
              entry: name,
              message: 'has no scheme: Go and curl take http://, other programs reject it. Write http:// before it.',
            },
          ]
        : []
    })

interface Need {
  readonly entry: string
  /** Hosts that NO_PROXY must match. */
  readonly hosts: readonly string[]
  /** Continues "requests to …". */
  readonly description: string
}

function needsOf(rows: readonly AdvisedRow[], cluster: ClusterAddresses | undefined): readonly Need[] {
  const { services = [], pods = [], nodes = [], apiServers = [] } = cluster ?? {}
  const dotted = rows.some(({ host }) => host.endsWith('.'))
  return [
    { entry: '.svc', hosts: ['api.default.svc'], description: 'Services by their short names' },
    {
      entry: '.cluster.local',
      hosts: ['api.default.svc.cluster.local'],
      description: 'Services by their full names',
    },
    ...(dotted
      ? [
          {
            entry: '.cluster.local.',
            hosts: ['api.default.svc.cluster.local.'],
            description: 'names with a trailing dot, which Go and Java treat as part of the name,',
          },
        ]
      : []),
    ...services.map((range) => ({ entry: range.range, hosts: [range.sample], description: 'Service IP addresses' })),
    ...pods.map((range) => ({ entry: range.range, hosts: [range.sample], description: 'pod IP addresses' })),
    ...nodes.map((address) => ({
      entry: address,
      hosts: [address],
      description: 'a node of the cluster (kubelet, host ports)',
    })),
    ...apiServers.map((host) => ({ entry: host, hosts: [host], description: 'the API server of the cluster' })),
    {
      entry: '169.254.169.254',
      hosts: ['169.254.169.254'],
      description: 'the cloud metadata service, which issues credentials to machines and pods,',
    },
    ...rows
      .filter(({ scope, usesProxySettings }) => scope === 'vpc' && usesProxySettings)
      .map(({ title, host }) => ({ entry: host, hosts: [host], description: `"${title}" (in the private network)` })),
  ]
}

function missing(
  noProxy: string,
  rows: readonly AdvisedRow[],
  cluster: ClusterAddresses | undefined,
): readonly Advice[] {
  const missingEntries = needsOf(rows, cluster)
    .filter(({ hosts }) => hosts.some((host) => noProxyEntry(host, 443, noProxy) === undefined))
    .map(({ entry, description }) => ({
      entry,
      message: `is missing: requests to ${description} would use the proxy.`,
    }))
  const lacksLocalhost = noProxyEntry('localhost', 443, noProxy) === undefined
  const all = lacksLocalhost
    ? [
        ...missingEntries,
        { entry: 'localhost,127.0.0.1', message: 'is missing: Node and curl use the proxy even for this machine.' },
      ]
    : missingEntries
  return [...new Map(all.map((advice) => [advice.entry, advice])).values()]
}

interface Rule {
  readonly when: (entry: string, isOnlyEntry: boolean) => boolean
  readonly message: string
}

/** Entries that programs read differently. Each rule is a difference between the runtimes of this folder. */
const rules: readonly Rule[] = [
  {
    when: (entry) => /\s/.test(entry),
    message:
      'contains a space: Node reads two entries, curl ends the list there, and Go and Java read one name. Separate entries with a comma.',
  },
  {
    when: (entry) => /^[a-z][a-z0-9+.-]*:\/\//i.test(entry),
    message: 'starts with a scheme, which no program supports. Write only the host.',
  },
  {
    when: (entry, isOnlyEntry) => entry === '*' && !isOnlyEntry,
    message: 'has an effect in curl only if it is the only entry: curl applies the other entries instead.',
  },
  {
    when: (entry) => /^\*\.[^*]+$/.test(entry),
    message: 'is not supported by curl, which reads the star literally. Write a leading dot without a star.',
  },
  {
    when: (entry) => entry !== '*' && entry.includes('*') && !/^\*\.[^*]+$/.test(entry),
    message: 'is supported only by Java. Write a domain with a leading dot, or a range of addresses.',
  },
  {
    when: (entry) => /^[^/]+\/\d+$/.test(entry) && isIP(entry.split('/')[0] ?? '') !== 0,
    message:
      'is a range: Go and curl (7.86 or later) support it, Java and Node do not. Also list the names that they connect to.',
  },
  {
    when: (entry) => isIP(entry) === 0 && /(?:^|[^:]):\d+$/.test(entry),
    message: 'contains a port: Go and Node support it, Java and curl do not. Write only the host.',
  },
]

function misread(entry: string, isOnlyEntry: boolean): readonly Advice[] {
  const rule = rules.find(({ when }) => when(entry, isOnlyEntry))
  return rule === undefined ? [] : [{ entry, message: rule.message }]
}
