import { isIP } from 'node:net'
import { addressKind } from '../probe/addresses.ts'
import { type AllowListSubject, type Destination, hostCidr } from './destination.ts'
import { type EgressRule, policyFile, ruleTexts, serviceOf } from './policy-file.ts'
import { oneLine } from './words.ts'

/** Networks that are not part of the internet: RFC 1918, RFC 6598, RFC 3927 (with the metadata services), RFC 4193, RFC 4291. */
const privateV4 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']
const privateV6 = ['fc00::/7']
const linkLocal = { v4: '169.254.0.0/16', v6: 'fe80::/10' }

/** networking.k8s.io/v1: only addresses and pods. Comments list what the policy cannot express. */
export const networkPolicies = (subject: AllowListSubject): string =>
  policyFile(subject, {
    title: 'NetworkPolicies (networking.k8s.io/v1)',
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    spec: (labels, egress) => ({ podSelector: { matchLabels: labels }, policyTypes: ['Egress'], egress }),
    rules,
    limits: [
      'A NetworkPolicy CANNOT MATCH NAMES. For a name, its rule allows EVERY public address on that port: enforce names in a firewall or a proxy, or use CiliumNetworkPolicies.',
      'In Cilium an address range does not include nodes of the cluster, so an API server on a node stays blocked: add a CiliumNetworkPolicy with toEntities: [kube-apiserver], or use CiliumNetworkPolicies for all.',
      'It has no effect if the network plugin does not enforce it, and none on pods that use the host network.',
    ],
  })

function rules(destinations: readonly Destination[], subject: AllowListSubject): readonly EgressRule[] {
  const proxied = destinations.filter(({ proxy }) => proxy !== undefined)
  const direct = destinations.filter(({ proxy, protocol }) => proxy === undefined && protocol !== 'kubernetes')
  const inside = direct.filter(({ scope, host }) => scope === 'cluster' && isIP(host) === 0)
  const addressed = direct.filter((each) => !inside.includes(each) && cidrsOf(each).length > 0)
  const named = direct.filter((each) => !inside.includes(each) && !addressed.includes(each))
  return [
    dnsRule,
    apiServerRule(subject, destinations),
    ...proxyRules(proxied),
    ...inside.map((each) => clusterRule(each, subject)),
    ...addressed.map((each) => ({
      comments: ruleTexts([each]),
      rule: { to: cidrsOf(each).map((cidr) => ({ ipBlock: { cidr } })), ports: tcp([each.port]) },
    })),
    ...namedRules(named),
  ]
}

const tcp = (ports: readonly number[]) =>
  [...new Set(ports)].toSorted((a, b) => a - b).map((port) => ({ protocol: 'TCP', port }))

const cidrsOf = ({ host, addressRanges }: Destination): readonly string[] =>
  isIP(host) === 0 ? addressRanges : [hostCidr(host)]

/** The address of NodeLocal DNSCache, unused without it. */
const nodeLocalDns = '169.254.20.10/32'

const dnsRule: EgressRule = {
  comments: [
    'Cluster DNS, and NodeLocal DNSCache if the cluster uses it.',
    'On OpenShift: namespace openshift-dns, label dns.operator.openshift.io/daemonset-dns: default, port 5353.',
  ],
  rule: {
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      },
      { ipBlock: { cidr: nodeLocalDns } },
    ],
    ports: [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  },
}

/** Most plugins match the address of the API server's node, a few that of its Service: both are allowed. */
function apiServerRule({ apiServers }: AllowListSubject, destinations: readonly Destination[]): EgressRule {
  const rows = destinations.filter(({ protocol }) => protocol === 'kubernetes')
  const known = apiServers.filter(({ address }) => isIP(address) !== 0)
  if (known.length > 0)
    return {
      comments: [
        'The API server: the current addresses of its Service and of the servers behind it.',
        ...ruleTexts(rows),
      ],
      rule: {
        to: [...new Set(known.map(({ address }) => hostCidr(address)))].map((cidr) => ({ ipBlock: { cidr } })),
        ports: tcp(known.map(({ port }) => port)),
      },
    }
  return {
    comments: [
      'The API server. Its addresses are unknown: NARROW THIS to the addresses of "kubectl get endpointslices kubernetes" and of the Service kubernetes.',
      ...ruleTexts(rows),
    ],
    rule: {
      to: [...privateV4, ...privateV6].map((cidr) => ({ ipBlock: { cidr } })),
      ports: tcp([443, 6_443, ...rows.map(({ port }) => port)]),
    },
  }
}

function proxyRules(proxied: readonly Destination[]): readonly EgressRule[] {
  const byPlace = Map.groupBy(proxied, ({ proxy }) => `${proxy?.host} ${proxy?.port}`)
  return [...byPlace.values()].flatMap((same): EgressRule[] => {
    const proxy = same[0]?.proxy
    if (proxy === undefined) return []
    const literal = isIP(proxy.host) !== 0
    return [
      {
        comments: [
          `The proxy ${proxy.host} port ${proxy.port}, and nothing else: only the proxy can restrict the names that are reached through it.`,
          ...(literal ? [] : ['Its name cannot be matched here. NARROW THIS to its addresses.']),
          ...ruleTexts(same),
        ],
        rule: {
          to: (literal ? [hostCidr(proxy.host)] : [...privateV4, ...privateV6]).map((cidr) => ({ ipBlock: { cidr } })),
          ports: tcp([proxy.port]),
        },
      },
    ]
  })
}

/** A host without a namespace is a Service in the namespace of the pod. */
function clusterRule(each: Destination, { backends }: AllowListSubject): EgressRule {
  const service = serviceOf(each.host)
  const backend = backends[each.host]
  const pods = { matchLabels: backend?.selector ?? {} }
  const inside = { 'kubernetes.io/metadata.name': service?.namespace ?? '' }
  const peer =
    service === undefined
      ? { namespaceSelector: {} }
      : service.namespace === ''
        ? { podSelector: pods }
        : { namespaceSelector: { matchLabels: inside }, ...(backend === undefined ? {} : { podSelector: pods }) }
  const comments = [
    ...ruleTexts([each]),
    ...(backend === undefined
      ? [
          'The pods behind this Service and their port are unknown: NARROW THIS with a podSelector and the port of the pods (a policy applies behind the Service).',
        ]
      : []),
  ]
  return { comments, rule: { to: [peer], ...(backend === undefined ? {} : { ports: tcp(backend.ports) }) } }
}

/**
 * Names: all public addresses on those ports, and all private addresses if no run resolved the name. Resolved private
 * addresses are allowed one by one: they belong to private endpoints, which rarely change.
 */
function namedRules(named: readonly Destination[]): readonly EgressRule[] {
  const inner = named.filter((each) => each.scope !== 'external' && privateAddresses(each).length === 0)
  const outer = named.filter(({ scope }) => scope === 'external')
  const resolved = named.filter((each) => privateAddresses(each).length > 0)
  const inside: EgressRule = {
    comments: [
      'NAMES CANNOT BE MATCHED HERE: every private address is allowed on these ports. NARROW THIS to the addresses of these endpoints.',
      ...ruleTexts(inner),
    ],
    rule: {
      to: [...privateV4, ...privateV6].map((cidr) => ({ ipBlock: { cidr } })),
      ports: tcp(inner.map(({ port }) => port)),
    },
  }
  const outside: EgressRule = {
    comments: [
      'NAMES CANNOT BE MATCHED HERE: every public address is allowed on these ports; private addresses and metadata services are not.',
      ...ruleTexts(outer),
    ],
    rule: {
      to: [
        { ipBlock: { cidr: '0.0.0.0/0', except: [...privateV4, linkLocal.v4] } },
        { ipBlock: { cidr: '::/0', except: [...privateV6, linkLocal.v6] } },
      ],
      ports: tcp(outer.map(({ port }) => port)),
    },
  }
  return [
    ...(inner.length === 0 ? [] : [inside]),
    ...resolved.map((each) => ({
      comments: [
        ...ruleTexts([each]),
        `The private addresses that ${oneLine(each.host)} had at the last run. This rule fails when they change.`,
      ],
      rule: {
        to: privateAddresses(each).map((address) => ({ ipBlock: { cidr: hostCidr(address) } })),
        ports: tcp([each.port]),
      },
    })),
    ...(outer.length === 0 ? [] : [outside]),
  ]
}

const privateAddresses = ({ evidence }: Destination): readonly string[] => [
  ...new Set(evidence.flatMap(({ addresses }) => addresses).filter((address) => addressKind(address) === 'private')),
]
