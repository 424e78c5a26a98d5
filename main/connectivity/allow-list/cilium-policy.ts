import { isIP } from 'node:net'
import { type AllowListSubject, type Destination, hostCidr } from './destination.ts'
import { type EgressRule, policyFile, ruleTexts, serviceOf } from './policy-file.ts'

/** cilium.io/v2: by DNS name, entity and pod labels. */
export const ciliumPolicies = (subject: AllowListSubject): string =>
  policyFile(subject, {
    title: 'CiliumNetworkPolicies',
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    spec: (labels, egress) => ({ endpointSelector: { matchLabels: labels }, egress }),
    rules,
    limits: [
      'Needs Cilium and its definitions: kubectl get crd ciliumnetworkpolicies.cilium.io',
      'A name is allowed only after the pod has resolved it through Cilium’s DNS proxy. Pods that use a configured address, cache one longer than its TTL or use another DNS server are blocked. All other rules depend on the DNS rule, and while the agent is down there is no DNS.',
      'Names match the query, not the target of a CNAME. CoreDNS’s autopath breaks that. For names with many changing addresses (object stores) raise --tofqdns-endpoint-max-ip-per-hostname.',
      'toFQDNs selects nothing inside the cluster and no node of it.',
      'Try them with policy-audit-mode and "hubble observe --verdict AUDIT" first.',
    ],
  })

function rules(destinations: readonly Destination[], subject: AllowListSubject): readonly EgressRule[] {
  const proxied = destinations.filter(({ proxy }) => proxy !== undefined)
  const direct = destinations.filter(({ proxy, protocol }) => proxy === undefined && protocol !== 'kubernetes')
  const literal = direct.filter(({ host }) => isIP(host) !== 0)
  const inside = direct.filter(({ scope, host }) => scope === 'cluster' && isIP(host) === 0)
  const named = direct.filter((each) => !literal.includes(each) && !inside.includes(each))
  return [
    ...dnsRules,
    {
      comments: ['The API server.', ...ruleTexts(destinations.filter(({ protocol }) => protocol === 'kubernetes'))],
      rule: { toEntities: ['kube-apiserver'] },
    },
    ...proxyRules(proxied),
    ...inside.map((each) => clusterRule(each, subject)),
    ...byPort(literal).map(([port, same]) => ({
      comments: ruleTexts(same),
      rule: { toCIDR: unique(same.map(({ host }) => hostCidr(host))), ...toPorts([port]) },
    })),
    ...byPort(named).map(([port, same]) => ({
      comments: ruleTexts(same),
      rule: { toFQDNs: unique(same.map(({ host }) => host)).map((matchName) => ({ matchName })), ...toPorts([port]) },
    })),
  ]
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)]
const toPorts = (ports: readonly number[]) => ({
  toPorts: [{ ports: [...new Set(ports)].map((port) => ({ port: String(port), protocol: 'TCP' })) }],
})
const byPort = (destinations: readonly Destination[]): readonly (readonly [number, readonly Destination[]])[] =>
  [...Map.groupBy(destinations, ({ port }) => port)].toSorted(([a], [b]) => a - b)

const dnsPorts = {
  toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: [{ matchPattern: '*' }] } }],
}

/** Without a layer 7 DNS rule Cilium learns no addresses, and toFQDNs allows nothing. */
const dnsRules: readonly EgressRule[] = [
  {
    comments: ['Cluster DNS through Cilium’s DNS proxy: the rules with names below depend on it.'],
    rule: {
      toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': 'kube-dns' } }],
      ...dnsPorts,
    },
  },
  {
    comments: ['NodeLocal DNSCache, which listens on the node. Remove this rule if the cluster does not use it.'],
    rule: { toEntities: ['host'], ...dnsPorts },
  },
]

function proxyRules(proxied: readonly Destination[]): readonly EgressRule[] {
  const byPlace = Map.groupBy(proxied, ({ proxy }) => `${proxy?.host} ${proxy?.port}`)
  return [...byPlace.values()].flatMap((same): EgressRule[] => {
    const proxy = same[0]?.proxy
    if (proxy === undefined) return []
    const to = isIP(proxy.host) === 0 ? { toFQDNs: [{ matchName: proxy.host }] } : { toCIDR: [hostCidr(proxy.host)] }
    return [
      {
        comments: [
          `The proxy ${proxy.host} port ${proxy.port}, and nothing else: rules with names would have no effect, because every connection goes to the proxy.`,
          ...ruleTexts(same),
        ],
        rule: { ...to, ...toPorts([proxy.port]) },
      },
    ]
  })
}

/** Without this label, the policy's namespace applies. */
const namespaceLabel = (namespace: string): Readonly<Record<string, string>> =>
  namespace === '' ? {} : { 'k8s:io.kubernetes.pod.namespace': namespace }

function clusterRule(each: Destination, { backends }: AllowListSubject): EgressRule {
  const service = serviceOf(each.host)
  const backend = backends[each.host]
  if (service === undefined)
    return {
      comments: [
        ...ruleTexts([each]),
        'The pods behind this name are unknown: every pod of the cluster is allowed. NARROW THIS.',
      ],
      rule: { toEntities: ['cluster'], ...toPorts([each.port]) },
    }
  const labels = Object.fromEntries(
    Object.entries(backend?.selector ?? {}).map(([key, value]) => [`k8s:${key}`, value]),
  )
  return {
    comments: [
      ...ruleTexts([each]),
      ...(backend === undefined
        ? [
            'The pods behind this Service and their port are unknown: NARROW THIS with their labels and their port (a policy applies behind the Service).',
          ]
        : []),
    ],
    rule: {
      toEndpoints: [{ matchLabels: { ...namespaceLabel(service.namespace), ...labels } }],
      ...(backend === undefined ? {} : toPorts(backend.ports)),
    },
  }
}
