import { isIP } from 'node:net'
import type { ProxyView } from '../../../preload/contract/connectivity.ts'
import { noProxyEntry } from '../../lib/rules/go-proxy.ts'
import type { ClusterAddresses } from './cluster-addresses.ts'
import { firstSet, type Variables } from './runtimes/destination.ts'

type Advice = ProxyView['advice'][number]

/** A row, as advice needs to know it. */
export interface AdvisedRow {
  readonly title: string
  readonly host: string
  readonly port: number
  readonly scope: string
  /** Whether its component uses proxy settings. */
  readonly usesProxySettings: boolean
}

/** What is missing from NO_PROXY, and what some programs will not understand of it. Pure. */
export function adviceFor(
  variables: Variables,
  rows: readonly AdvisedRow[],
  cluster: ClusterAddresses | undefined,
): readonly Advice[] {
  const noProxy = firstSet(variables, ['NO_PROXY', 'no_proxy'])?.value ?? ''
  return [
    ...disagreements(variables),
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

/** Variables in upper and in lower case that say different things to different programs. */
function disagreements(variables: Variables): readonly Advice[] {
  const differ = pairs.filter(([upper, lower]) => {
    const [one, other] = [variables[upper], variables[lower]]
    return one !== undefined && other !== undefined && one.trim() !== other.trim()
  })
  const clearText = (variables.HTTP_PROXY ?? '') !== '' && (variables.http_proxy ?? '') === ''
  return [
    ...differ.map(([upper, lower]) => ({
      entry: `${upper}, ${lower}`,
      message: `are both set and differ: Go takes ${upper}, the others ${lower}. Set both to the same.`,
    })),
    ...(clearText
      ? [{ entry: 'http_proxy', message: 'is not set, and curl does not read HTTP_PROXY: set it in lower case too.' }]
      : []),
  ]
}

interface Need {
  readonly entry: string
  /** Destinations that have to be named. */
  readonly hosts: readonly string[]
  readonly message: string
}

function needsOf(rows: readonly AdvisedRow[], cluster: ClusterAddresses | undefined): readonly Need[] {
  const { services = [], pods = [], nodes = [], apiServers = [] } = cluster ?? {}
  const dotted = rows.some(({ host }) => host.endsWith('.'))
  return [
    { entry: '.svc', hosts: ['api.default.svc'], message: 'services that are called by their short name' },
    {
      entry: '.cluster.local',
      hosts: ['api.default.svc.cluster.local'],
      message: 'services that are called by their full name',
    },
    ...(dotted
      ? [
          {
            entry: '.cluster.local.',
            hosts: ['api.default.svc.cluster.local.'],
            message: 'names with a dot at their end, which is a part of the name to Go and Java',
          },
        ]
      : []),
    ...services.map((range) => ({ entry: range.range, hosts: [range.sample], message: 'the addresses of services' })),
    ...pods.map((range) => ({ entry: range.range, hosts: [range.sample], message: 'the addresses of pods' })),
    ...nodes.map((address) => ({
      entry: address,
      hosts: [address],
      message: 'a node of the cluster (kubelet, host ports)',
    })),
    ...apiServers.map((host) => ({ entry: host, hosts: [host], message: 'the API server of the cluster' })),
    {
      entry: '169.254.169.254',
      hosts: ['169.254.169.254'],
      message: 'the address at which clouds give credentials and metadata to machines and pods',
    },
    ...rows
      .filter(({ scope, usesProxySettings }) => scope === 'vpc' && usesProxySettings)
      .map(({ title, host }) => ({ entry: host, hosts: [host], message: `"${title}" (in the private network)` })),
  ]
}

function missing(
  noProxy: string,
  rows: readonly AdvisedRow[],
  cluster: ClusterAddresses | undefined,
): readonly Advice[] {
  const found = needsOf(rows, cluster)
    .filter(({ hosts }) => hosts.some((host) => noProxyEntry(host, 443, noProxy) === undefined))
    .map(({ entry, message }) => ({ entry, message: `is missing: ${message} would be asked for through the proxy.` }))
  const local = noProxyEntry('localhost', 443, noProxy) === undefined
  const all = local
    ? [
        ...found,
        { entry: 'localhost,127.0.0.1', message: 'is missing: Node and curl ask the proxy even for this machine.' },
      ]
    : found
  return [...new Map(all.map((advice) => [advice.entry, advice])).values()]
}

interface Rule {
  readonly when: (entry: string, alone: boolean) => boolean
  readonly message: string
}

/** Entries that are not read alike; each rule is a difference between the evaluators of this folder. */
const rules: readonly Rule[] = [
  {
    when: (entry) => /\s/.test(entry),
    message:
      'holds a blank: Node takes it for two entries, to curl the list ends there, and Go and Java know no such name. Put a comma.',
  },
  {
    when: (entry) => /^[a-z][a-z0-9+.-]*:\/\//i.test(entry),
    message: 'begins with a scheme, which no program expects: write the host alone.',
  },
  {
    when: (entry, alone) => entry === '*' && !alone,
    message: 'is read by curl only where it stands alone: to curl the other entries count.',
  },
  {
    when: (entry) => /^\*\.[^*]+$/.test(entry),
    message: 'is not understood by curl, which takes the star for a letter: write it with a leading dot and no star.',
  },
  {
    when: (entry) => entry !== '*' && entry.includes('*') && !/^\*\.[^*]+$/.test(entry),
    message: 'is understood by Java alone: write a domain with a leading dot, or for addresses a range.',
  },
  {
    when: (entry) => /^[^/]+\/\d+$/.test(entry) && isIP(entry.split('/')[0] ?? '') !== 0,
    message:
      'is a range: Go and curl (since 7.86) understand it, Java and Node do not. List the names too that they call.',
  },
  {
    when: (entry) => isIP(entry) === 0 && /(?:^|[^:]):\d+$/.test(entry),
    message: 'holds a port: Go and Node understand it, Java and curl do not. Write the host alone.',
  },
]

function misread(entry: string, alone: boolean): readonly Advice[] {
  const rule = rules.find(({ when }) => when(entry, alone))
  return rule === undefined ? [] : [{ entry, message: rule.message }]
}
