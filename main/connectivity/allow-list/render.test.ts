import { readFileSync } from 'node:fs'
import { Validator } from '@cfworker/json-schema'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { AllowListFormat } from '../../../preload/contract/connectivity.ts'
import { noConnectionFacts } from '../probe/connection-facts.ts'
import type { AllowListSubject } from './destination.ts'
import { renderAllowList } from './render.ts'
import { agentPlace, agentPods, everyKind, sampleList } from './sample.ts'

const formats = [...AllowListFormat.values]
const text = (format: AllowListFormat, subject: AllowListSubject): string => renderAllowList(format, subject).text

/** Texts of a profile, a plane's name or a peer that try to inject rules, markup or formulas. */
const hostile = [
  'x\nhttp_access allow all',
  'x\r\npass ip any any -> any any (sid:9; rev:1;)',
  'x\n---\napiVersion: v1\nkind: Secret',
  '"; sid:1; ) pass ip any any -> any any (msg:"',
  "=cmd|' /C calc'!A0",
  '+1+cmd',
  '-2',
  '@SUM(1)',
  '＝1+1',
  '＋1',
  '\t=1',
  ' =1',
  '"quoted", and\ncut',
  "[concat('a', resourceGroup().id)]",
  '| cell | --- <script>alert(1)</script>',
  '\u2028http_access allow all\u2029x\u0085y',
  'https://user:c4n4ry@proxy.example/?sig=c4n4ryC4N4RY',
]

const everywhere = (injected: string): AllowListSubject =>
  sampleList({
    rows: [
      {
        id: 'a',
        host: 'a.example',
        title: injected,
        note: injected,
        companions: [
          { host: injected, why: injected },
          { host: 'c.example', why: injected },
        ],
      },
      { id: 'b', host: injected, title: injected },
      {
        id: 'clear',
        host: 'd.example',
        port: 5672,
        tls: false,
        protocol: 'amqp091',
        title: injected,
        addressRanges: [injected],
      },
      { id: 'in', host: injected, direction: 'inbound', title: injected },
    ],
    results: [{ endpoint: 'a', vantage: { kind: 'pod', name: injected }, cause: injected }, { endpoint: 'clear' }],
    from: { componentTitles: { agent: injected } },
    more: { title: injected, version: injected },
  })

/** Formats in which each line is a comment or matches the grammar below. */
const squidLine =
  /^(?:#.*|acl \w+ (?:src|method|port|dstdomain -n|dstdom_regex -n) [\w.:/\\[\]?^$ -]+|http_access allow hangar_clients !?CONNECT \w+ \w+|)$/
const suricataLine =
  /^(?:#.*|pass (?:tls|http|tcp|udp) \$HOME_NET any -> (?:any|\[[\da-f.:/,]+\]) \d{1,5} \((?:(?:tls\.sni|http\.host); content:"[\w.-]+"; startswith; endswith; (?:nocase; )?flow:to_server,established; |flow:to_server; )msg:"[\w .,()/-]*"; sid:\d{7}; rev:1;\)|)$/

/** RFC 4180 and nothing else. */
function readCsv(document: string): string[][] {
  expect(document).toMatch(/^(?:"(?:[^"\r\n]|"")*"(?:,"(?:[^"\r\n]|"")*")*\r\n)+$/)
  return document
    .trimEnd()
    .split('\r\n')
    .map((line) => [...line.matchAll(/"((?:[^"]|"")*)"/g)].map(([, cell = '']) => cell.replaceAll('""', '"')))
}

const objects = (yaml: string): unknown[] =>
  parseAllDocuments(yaml).flatMap((document) => {
    expect(document.errors).toEqual([])
    const value: unknown = document.toJS()
    return value === null ? [] : [value]
  })

const hides = /[[\p{Default_Ignorable_Code_Point}\p{Cc}]--[\n\t\r]]/v

describe('every allow-list', () => {
  it.each(formats)('%s shows hidden characters as marks', (format) => {
    const subject = everywhere('\u202edorp-toor stag\u200bing \u001b[31m')
    expect(text(format, subject)).not.toMatch(hides)
  })

  it.each(hostile)('keeps injected text inside its comment, cell or string: %j', (injected) => {
    const subject = everywhere(injected)

    for (const line of text('squid', subject).split('\n')) expect(line).toMatch(squidLine)
    for (const line of text('aws-network-firewall', subject).split('\n')) expect(line).toMatch(suricataLine)
    const cells = readCsv(text('csv', subject)).slice(1)
    expect(cells.flat().filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell))).toEqual([])
    expect(new Set(cells.map(({ length }) => length))).toEqual(new Set([18]))
    for (const format of ['networkpolicy', 'ciliumnetworkpolicy'] as const) {
      const kinds = objects(text(format, subject)).map((each) => (each as { kind: string }).kind)
      expect(kinds).toEqual([format === 'networkpolicy' ? 'NetworkPolicy' : 'CiliumNetworkPolicy'])
    }
    const azure = JSON.stringify(JSON.parse(text('azure-firewall', subject)))
    const expressions = [...azure.matchAll(/"(\[[^[][^"]*)"/g)].map(([, expression]) => expression)
    expect(new Set(expressions)).toEqual(
      new Set([
        "[concat(parameters('firewallPolicyName'), '/hangar')]",
        "[parameters('priority')]",
        "[parameters('sourceAddresses')]",
        "[parameters('dnsServers')]",
        "[parameters('timeServers')]",
      ]),
    )
    expect(text('markdown', subject)).not.toMatch(/<script|^http_access|^---$/m)
    for (const format of formats) expect(text(format, subject)).not.toContain('c4n4ry')
  })

  it('lists unknown hosts, inbound endpoints, the time of the check and the review date', () => {
    const facts = { ...noConnectionFacts, addresses: ['203.0.113.7'] }
    const subject = sampleList({ rows: everyKind, results: [{ endpoint: 'control-plane', facts }] })

    for (const format of formats) {
      const document = text(format, subject)
      expect(document, format).toContain('the setting globalAdaptor.host is empty')
      expect(document, format).toContain('pushed')
      expect(document, format).toContain('2026-03-01 14:05:00 UTC from computer laptop: pass; 203.0.113.7')
      expect(document, format).toContain('2026-05-31')
    }
  })

  it('has a file name and a media type', () => {
    const files = formats.map((format) => renderAllowList(format, sampleList({ rows: [] })))

    expect(files.map(({ name }) => name)).toEqual([
      'markdown-plane-of-tests.md',
      'csv-plane-of-tests.csv',
      'squid-plane-of-tests.conf',
      'azure-firewall-plane-of-tests.json',
      'aws-network-firewall-plane-of-tests.rules',
      'networkpolicy-plane-of-tests.yaml',
      'ciliumnetworkpolicy-plane-of-tests.yaml',
    ])
  })
})

describe('rules for Squid', () => {
  it('allow exactly host and port, separate tunnels from plain requests, and extend the ports for tunnels', () => {
    const lines = text('squid', sampleList({ rows: everyKind })).split('\n')

    expect(lines).toContain('acl SSL_ports port 443 5671 5672 8443')
    expect(lines).toContain('acl hangar_tunnel_5671_names dstdomain -n ns1.servicebus.windows.net')
    expect(lines).toContain('http_access allow hangar_clients CONNECT hangar_tunnel_5671_port hangar_tunnel_5671_names')
    expect(lines).toContain('acl hangar_plain_80_names dstdomain -n crl.vendor.example')
    expect(lines).toContain('http_access allow hangar_clients !CONNECT hangar_plain_80_port hangar_plain_80_names')
    expect(lines).toContain('acl hangar_tunnel_8443_addresses dstdom_regex -n ^\\[?203\\.0\\.113\\.7\\]?$')
    expect(lines.filter((line) => /kubernetes\.default|cache\.tools/.test(line))).toEqual([])
  })

  it('list hosts that must not be inspected and components that ignore proxy settings', () => {
    const document = text('squid', sampleList({ rows: everyKind }))

    expect(document).toContain('# acl hangar_never_inspected ssl::server_name cp.vendor.example')
    expect(document).toContain('# ssl_bump splice hangar_never_inspected')
    expect(document).not.toMatch(/^ssl_bump|bump all|server_name github/m)
    expect(document).toContain('# - control-plane (Agent)')
  })
})

describe('rules for Azure Firewall', () => {
  interface Rule {
    readonly ruleType: string
    readonly name: string
    readonly targetFqdns?: readonly string[]
    readonly destinationFqdns?: readonly string[]
    readonly destinationAddresses?: readonly string[] | string
    readonly protocols?: readonly { readonly protocolType: string; readonly port: number }[]
    readonly destinationPorts?: readonly string[]
    readonly terminateTLS?: boolean
  }
  const rules = (document: string): readonly Rule[] =>
    JSON.parse(document).resources[0].properties.ruleCollections.flatMap((each: { rules: Rule[] }) => each.rules)

  it('put HTTP hosts into application rules, all others into network rules, and never terminate TLS', () => {
    const document = text('azure-firewall', sampleList({ rows: everyKind }))
    const all = rules(document)
    const application = all.filter(({ ruleType }) => ruleType === 'ApplicationRule')
    const network = all.filter(({ ruleType }) => ruleType === 'NetworkRule')

    expect(
      application.map(
        ({ targetFqdns, protocols }) => `${targetFqdns} ${protocols?.[0]?.protocolType} ${protocols?.[0]?.port}`,
      ),
    ).toEqual([
      'cp.vendor.example Https 443',
      'ns1.servicebus.windows.net Https 443',
      'vault.corp.example Https 443',
      'github.com Https 443',
      'codeload.github.com Https 443',
      'objects.githubusercontent.com Https 443',
      'release-assets.githubusercontent.com Https 443',
      'raw.githubusercontent.com Https 443',
      'ghcr.io Https 443',
      'pkg-containers.githubusercontent.com Https 443',
      'crl.vendor.example Http 80',
    ])
    expect(new Set(application.map(({ terminateTLS }) => terminateTLS))).toEqual(new Set([false]))
    expect(
      network.map(({ destinationFqdns, destinationAddresses, destinationPorts }) => [
        destinationFqdns ?? destinationAddresses,
        destinationPorts,
      ]),
    ).toEqual([
      [['ns1.servicebus.windows.net'], ['5671']],
      [['hub.vendor.example'], ['5672']],
      [['203.0.113.7'], ['8443']],
      [['2001:db8::7'], ['8443']],
      [['198.51.100.0/24'], ['5672']],
      ["[parameters('dnsServers')]", ['53']],
      ["[parameters('timeServers')]", ['123']],
    ])
    expect(document).toContain('DNS proxy of the firewall policy')
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  })

  it('match the schema of Azure’s resource provider', () => {
    const names = { type: 'string', pattern: '^[A-Za-z0-9_][\\w.-]*$', maxLength: 80 }
    const strings = { type: 'array', items: { type: 'string' }, minItems: 1 }
    const parameter = { type: 'string', pattern: "^\\[parameters\\('\\w+'\\)\\]$" }
    const common = { name: names, description: { type: 'string', maxLength: 500 }, sourceAddresses: parameter }
    // Microsoft.Network/firewallPolicies/ruleCollectionGroups, as its template reference describes it.
    const schema: object = {
      type: 'object',
      required: ['priority', 'ruleCollections'],
      additionalProperties: false,
      properties: {
        priority: parameter,
        ruleCollections: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['ruleCollectionType', 'name', 'priority', 'action', 'rules'],
            properties: {
              ruleCollectionType: { const: 'FirewallPolicyFilterRuleCollection' },
              name: names,
              priority: { type: 'integer', minimum: 100, maximum: 65_000 },
              action: { const: { type: 'Allow' } },
              rules: {
                type: 'array',
                items: {
                  oneOf: [
                    {
                      type: 'object',
                      additionalProperties: false,
                      required: ['ruleType', 'name', 'protocols', 'targetFqdns'],
                      properties: {
                        ...common,
                        ruleType: { const: 'ApplicationRule' },
                        targetFqdns: strings,
                        terminateTLS: { const: false },
                        protocols: {
                          type: 'array',
                          items: {
                            type: 'object',
                            additionalProperties: false,
                            properties: {
                              protocolType: { enum: ['Http', 'Https'] },
                              port: { type: 'integer', minimum: 1, maximum: 64_000 },
                            },
                          },
                        },
                      },
                    },
                    {
                      type: 'object',
                      additionalProperties: false,
                      required: ['ruleType', 'name', 'ipProtocols', 'destinationPorts'],
                      properties: {
                        ...common,
                        ruleType: { const: 'NetworkRule' },
                        ipProtocols: { type: 'array', items: { enum: ['TCP', 'UDP'] } },
                        destinationPorts: strings,
                        destinationFqdns: strings,
                        destinationAddresses: { anyOf: [strings, parameter] },
                      },
                    },
                  ],
                },
              },
            },
          },
        },
      },
    }
    const { resources } = JSON.parse(text('azure-firewall', sampleList({ rows: everyKind })))

    expect(new Validator(schema, '2020-12', false).validate(resources[0].properties).errors).toEqual([])
  })
})

describe('rules for AWS Network Firewall', () => {
  it('pass by server name, Host or address, each with a unique sid', () => {
    const facts = { ...noConnectionFacts, addresses: ['192.0.2.9'] }
    const document = text(
      'aws-network-firewall',
      sampleList({ rows: everyKind, results: [{ endpoint: 'hub', facts }] }),
    )
    const lines = document.split('\n').filter((line) => line.startsWith('pass'))

    for (const line of lines) expect(line).toMatch(suricataLine)
    const numbers = lines.map((line) => /sid:(\d+)/.exec(line)?.[1])
    expect(new Set(numbers).size).toBe(lines.length)
    expect(lines).toContainEqual(
      'pass tls $HOME_NET any -> any 5671 (tls.sni; content:"ns1.servicebus.windows.net"; startswith; endswith; nocase; flow:to_server,established; msg:"hangar bus"; sid:1000002; rev:1;)',
    )
    expect(lines.filter((line) => line.includes('crl.vendor.example'))[0]).toMatch(/^pass http .* 80 \(http\.host;/)
    expect(lines.filter((line) => line.includes('[198.51.100.0/24] 5672'))).toHaveLength(1)
    expect(document).toMatch(
      /# The addresses that hub\.vendor\.example had at the last run.*\npass tcp \$HOME_NET any -> \[192\.0\.2\.9\] 5672/,
    )
    expect(lines.filter((line) => /cache\.tools|kubernetes/.test(line))).toEqual([])
  })

  it('have no rule, but a comment, for a host whose name is not visible and whose addresses are unknown', () => {
    const document = text('aws-network-firewall', sampleList({ rows: everyKind }))

    expect(document).toContain('# hub.vendor.example port 5672: neither TLS nor HTTP shows its name.')
    expect(document).not.toMatch(/^pass tcp .* 5672 .*hub/m)
  })
})

/** Rejects unknown fields, as an API server with strict field validation does. */
const close = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(close)
  if (typeof schema !== 'object' || schema === null) return schema
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]))
  const isOpen = 'additionalProperties' in closed || !('properties' in closed) || closed.type !== 'object'
  return isOpen ? closed : { ...closed, additionalProperties: false }
}
const cilium = JSON.parse(
  readFileSync(new URL('../../../test/corpus/cilium/ciliumnetworkpolicy.json', import.meta.url), 'utf8'),
)
cilium.properties.metadata = {
  type: 'object',
  required: ['name', 'namespace'],
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' },
    namespace: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' },
  },
}
const ciliumFaults = (policy: unknown): string[] =>
  new Validator(close(cilium) as object, '2020-12', false) // an object went in
    .validate(policy)
    .errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)

interface Policy {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: {
    readonly endpointSelector?: { readonly matchLabels: unknown }
    readonly podSelector?: { readonly matchLabels: unknown }
    readonly egress: readonly Readonly<Record<string, unknown>>[]
  }
}
const policies = (format: 'networkpolicy' | 'ciliumnetworkpolicy', subject: AllowListSubject): readonly Policy[] =>
  objects(text(format, subject)) as Policy[] // the tests check the shape

describe('CiliumNetworkPolicies', () => {
  const ports = (port: number) => [{ ports: [{ port: String(port), protocol: 'TCP' }] }]

  it('are valid by Cilium’s schema and allow each endpoint of the component by name', () => {
    const [policy] = policies('ciliumnetworkpolicy', sampleList({ rows: everyKind }))

    expect(ciliumFaults(policy)).toEqual([])
    expect(policy?.metadata).toEqual({ name: 'hangar-egress-agent', namespace: 'plane' })
    expect(policy?.spec.endpointSelector).toEqual({ matchLabels: { app: 'agent' } })
    const dns = [{ ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: [{ matchPattern: '*' }] } }]
    expect(policy?.spec.egress).toEqual([
      {
        toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': 'kube-dns' } }],
        toPorts: dns,
      },
      { toEntities: ['host'], toPorts: dns },
      { toEntities: ['kube-apiserver'] },
      { toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'tools' } }] },
      { toCIDR: ['203.0.113.7/32', '2001:db8::7/128'], toPorts: ports(8443) },
      { toFQDNs: [{ matchName: 'crl.vendor.example' }], toPorts: ports(80) },
      {
        toFQDNs: [
          'cp.vendor.example',
          'ns1.servicebus.windows.net',
          'vault.corp.example',
          'github.com',
          'codeload.github.com',
          'objects.githubusercontent.com',
          'release-assets.githubusercontent.com',
          'raw.githubusercontent.com',
          'ghcr.io',
          'pkg-containers.githubusercontent.com',
        ].map((matchName) => ({ matchName })),
        toPorts: ports(443),
      },
      { toFQDNs: [{ matchName: 'ns1.servicebus.windows.net' }], toPorts: ports(5671) },
      {
        toFQDNs: [{ matchName: 'hub.vendor.example' }, { matchName: 'ranges.vendor.example' }],
        toPorts: ports(5672),
      },
    ])
  })

  it('allow the pods behind a Service on their port, if the cluster was read', () => {
    const host = 'cache.tools.svc.cluster.local'
    const subject = sampleList({
      rows: [{ host, scope: 'cluster', port: 443 }],
      more: { backends: { [host]: { selector: { app: 'cache' }, ports: [8443] } } },
    })
    const [policy] = policies('ciliumnetworkpolicy', subject)

    expect(ciliumFaults(policy)).toEqual([])
    expect(policy?.spec.egress.at(-1)).toEqual({
      toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'tools', 'k8s:app': 'cache' } }],
      toPorts: ports(8443),
    })
  })

  it('allow only the proxy for components that use one', () => {
    const subject = sampleList({
      rows: [{ host: 'a.example' }, { host: 'b.example', clientProfile: { proxy: 'none' } }],
      from: { proxies: { httpsProxy: 'http://proxy.corp:3128', httpProxy: '', noProxy: '' } },
    })
    const [policy] = policies('ciliumnetworkpolicy', subject)

    expect(ciliumFaults(policy)).toEqual([])
    expect(policy?.spec.egress.slice(3)).toEqual([
      { toFQDNs: [{ matchName: 'proxy.corp' }], toPorts: ports(3128) },
      { toFQDNs: [{ matchName: 'b.example' }], toPorts: ports(443) },
    ])
    expect(text('ciliumnetworkpolicy', subject)).toContain('rules with names would have no effect')
  })
})

describe('NetworkPolicies', () => {
  it('allow resolved private addresses one by one, and all private addresses if no run resolved the name', () => {
    const facts = { ...noConnectionFacts, addresses: ['10.4.4.4'] }
    const rows = [{ id: 'store', host: 'vault.corp.example', scope: 'vpc' }]
    const to = (subject: AllowListSubject) =>
      policies('networkpolicy', subject)[0]
        ?.spec.egress.slice(2)
        .map((rule) => rule.to)

    expect(to(sampleList({ rows, results: [{ endpoint: 'store', facts }] }))).toEqual([
      [{ ipBlock: { cidr: '10.4.4.4/32' } }],
    ])
    expect(to(sampleList({ rows }))).toEqual([
      ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].map((cidr) => ({
        ipBlock: { cidr },
      })),
    ])
  })

  it('allow addresses, pods and ports, and warn if a name had to become all addresses', () => {
    const facts = { ...noConnectionFacts, addresses: ['10.4.4.4'] }
    const subject = sampleList({
      rows: everyKind,
      results: [{ endpoint: 'control-plane', facts }],
      more: {
        apiServers: [
          { address: '10.96.0.1', port: 443 },
          { address: '192.168.7.2', port: 6443 },
        ],
      },
    })
    const [policy] = policies('networkpolicy', subject)

    expect(policy?.spec.podSelector).toEqual({ matchLabels: { app: 'agent' } })
    const blocks = (...cidrs: string[]) => cidrs.map((cidr) => ({ ipBlock: { cidr } }))
    const tcp = (...numbers: number[]) => numbers.map((port) => ({ protocol: 'TCP', port }))
    const [dns, api, cache, address, address6, ranges, inner, snapshot, outer] = policy?.spec.egress ?? []
    expect(dns?.to).toContainEqual({ ipBlock: { cidr: '169.254.20.10/32' } })
    expect(dns?.ports).toEqual([
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ])
    expect(api).toEqual({ to: blocks('10.96.0.1/32', '192.168.7.2/32'), ports: tcp(443, 6443) })
    expect(cache).toEqual({ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'tools' } } }] })
    expect([address, address6, ranges]).toEqual([
      { to: blocks('203.0.113.7/32'), ports: tcp(8443) },
      { to: blocks('2001:db8::7/128'), ports: tcp(8443) },
      { to: blocks('198.51.100.0/24'), ports: tcp(5672) },
    ])
    expect(inner).toMatchObject({ ports: tcp(443) })
    expect(snapshot).toEqual({ to: blocks('10.4.4.4/32'), ports: tcp(443) })
    expect(outer).toEqual({
      to: [
        {
          ipBlock: {
            cidr: '0.0.0.0/0',
            except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'],
          },
        },
        { ipBlock: { cidr: '::/0', except: ['fc00::/7', 'fe80::/10'] } },
      ],
      ports: tcp(80, 443, 5671, 5672),
    })
    expect(text('networkpolicy', subject)).toContain('CANNOT MATCH NAMES')
  })
})

describe('the pods that a policy is for', () => {
  const rows = [{ host: 'a.example' }]

  it.each(['networkpolicy', 'ciliumnetworkpolicy'] as const)(
    'are never guessed: an API server rejects a %s for unknown pods, and its comment gives the reason',
    (format) => {
      const subject = sampleList({ rows, clusterWorkloads: [], places: [{ ...agentPlace, parts: [], namespace: '' }] })
      const [policy] = policies(format, subject)

      const selector = policy?.spec.endpointSelector ?? policy?.spec.podSelector
      expect(selector?.matchLabels).toBe('CHOOSE-LABELS-OF-THE-PODS')
      expect(policy?.metadata.namespace).toBe('CHOOSE-NAMESPACE')
      if (format === 'ciliumnetworkpolicy') expect(ciliumFaults(policy).length).toBeGreaterThan(0)
      expect(text(format, subject)).toContain('# The labels of its pods are unknown.')
    },
  )

  it('are never selected by an empty selector', () => {
    const [policy] = policies('networkpolicy', sampleList({ rows, clusterWorkloads: [{ ...agentPods, labels: {} }] }))
    expect(policy?.spec.podSelector?.matchLabels).toBe('CHOOSE-LABELS-OF-THE-PODS')
  })

  it('are those that the user chose', () => {
    const chosen = { namespace: 'mine', labels: { app: 'x' } }
    const [policy] = policies('networkpolicy', sampleList({ rows, clusterWorkloads: [], chosen }))
    expect(policy).toMatchObject({
      metadata: { namespace: 'mine' },
      spec: { podSelector: { matchLabels: { app: 'x' } } },
    })
  })

  it('belong to one workload per policy, with unique policy names', () => {
    const second = { ...agentPods, name: 'agent-2', labels: { app: 'agent-2' } }
    const parts = [agentPods, second].map(({ kind, namespace, name }) => ({ kind, namespace, name }))
    const generated = policies(
      'networkpolicy',
      sampleList({ rows, clusterWorkloads: [agentPods, second], places: [{ ...agentPlace, parts }] }),
    )

    expect(generated.map(({ metadata }) => metadata.name)).toEqual([
      'hangar-egress-agent',
      'hangar-egress-agent-agent-2',
    ])
  })

  it('get no policy if their endpoints lead only to themselves: a policy would block what they call', () => {
    const host = 'gateway.plane.svc'
    const row = { id: 'refuses', host, port: 8080, scope: 'cluster' }
    const service = { kind: 'Service', namespace: 'plane', name: 'gateway' }
    const backends = { [host]: { selector: { app: 'agent' }, ports: [8080] } }

    const byPart = sampleList({ rows: [row], places: [{ ...agentPlace, parts: [...agentPlace.parts, service] }] })
    const bySelector = sampleList({ rows: [row], more: { backends } })
    const elsewhere = sampleList({ rows: [row, { host: 'a.example' }], more: { backends } })

    for (const subject of [byPart, bySelector]) {
      expect(policies('ciliumnetworkpolicy', subject)).toEqual([])
      expect(text('networkpolicy', subject)).toContain(
        'its endpoints lead only to itself, and no endpoint covers its other connections',
      )
    }
    expect(policies('ciliumnetworkpolicy', elsewhere)).toHaveLength(1)
    expect(policies('ciliumnetworkpolicy', sampleList({ rows: [row] }))).toHaveLength(1)
  })

  it('are listed as not covered if no policy applies: host network, image pulls, components outside the cluster', () => {
    const hostNetwork = text(
      'networkpolicy',
      sampleList({ rows, clusterWorkloads: [{ ...agentPods, hostNetwork: true }] }),
    )
    const elsewhere = text('networkpolicy', sampleList({ rows, places: [{ ...agentPlace, providedBy: 'vendor' }] }))
    const images = text('ciliumnetworkpolicy', sampleList({ rows: everyKind }))

    expect(objects(hostNetwork)).toEqual([])
    expect(hostNetwork).toContain('uses the host network: no policy for pods applies')
    expect(objects(elsewhere)).toEqual([])
    expect(elsewhere).toContain('# - row-0 (Agent): a.example port 443')
    expect(images).toContain('# - images: images from ghcr.io port 443, which the nodes pull themselves')
    expect(images).toContain('# NOT COMPLETE: as it is, this policy blocks:\n# - unset, port 443')
  })
})

describe('a list of 5,000 endpoints', () => {
  let list: AllowListSubject
  beforeAll(() => {
    const rows = Array.from({ length: 5_000 }, (_, index) => ({
      id: `row-${index}`,
      host: `host-${index}.example.com`,
      title: `Title of row ${index}`,
      note: 'It is needed for updates.',
    }))
    list = sampleList({ rows, results: rows.map(({ id }) => ({ endpoint: id })) })
  })

  it.each(formats)('is rendered as %s in less than a second', (format) => {
    const before = process.cpuUsage()
    text(format, list)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000).toBeLessThan(1_000)
  })
})
