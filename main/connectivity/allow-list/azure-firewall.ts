import { isIP } from 'node:net'
import { type AllowListSubject, type Destination, isKnown } from './destination.ts'
import { headerLines, oneLine, pitfallLines, ruleText, unresolvedLines } from './words.ts'

/** Protocols for application rules, which match HTTP, and TLS by server name. */
const byName: ReadonlySet<string> = new Set([
  'wss',
  'https',
  'grpc',
  'amqp-ws',
  'oci',
  'acme',
  'git',
  'arm',
  'vault',
  'kubernetes',
  'http',
])

/** Azure's limit for names and descriptions of rules. */
const nameLimit = 80
const descriptionLimit = 500

/**
 * A rule collection group of a firewall policy, as a template for `az deployment group create`. Names go into application
 * rules if the protocol is HTTP, else into network rules, which match names only if the policy's DNS proxy is on.
 */
export function azureFirewallList(subject: AllowListSubject): string {
  const { destinations } = subject
  const known = destinations.filter((each) => isKnown(each) && each.scope !== 'cluster')
  const application = known.filter((each) => isIP(each.host) === 0 && byName.has(each.protocol))
  const network = known.filter((each) => !application.includes(each))
  const collections = [
    collection('hangar-application', 200, merged(application).map(applicationRule)),
    // Azure evaluates network rules before application rules, regardless of priority.
    collection('hangar-network', 100, [...merged(network).map(networkRule), ...nodeRules]),
  ].filter(({ rules }) => rules.length > 0)
  const template = {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    metadata: { notes: notes(subject, network).map(text) },
    parameters: {
      firewallPolicyName: { type: 'string', metadata: { description: 'The policy that the rules go into.' } },
      sourceAddresses: {
        type: 'array',
        metadata: { description: 'Ranges of the nodes; pods usually leave with the addresses of their nodes.' },
      },
      dnsServers: {
        type: 'array',
        metadata: { description: 'DNS servers that the nodes use.' },
      },
      timeServers: { type: 'array', metadata: { description: 'NTP servers that the nodes use.' } },
      priority: { type: 'int', defaultValue: 1_000, minValue: 100, maxValue: 65_000 },
    },
    resources: [
      {
        type: 'Microsoft.Network/firewallPolicies/ruleCollectionGroups',
        apiVersion: '2023-09-01',
        name: "[concat(parameters('firewallPolicyName'), '/hangar')]",
        properties: { priority: "[parameters('priority')]", ruleCollections: collections },
      },
    ],
  }
  return `${JSON.stringify(template, undefined, 2)}\n`
}

/** Azure would evaluate a text that starts with a bracket as a template expression. */
const text = (value: string): string => oneLine(value).replace(/^\[/, '[[')

function notes(subject: AllowListSubject, network: readonly Destination[]): readonly string[] {
  const names = [...new Set(network.flatMap(({ host }) => (isIP(host) === 0 ? [host] : [])))]
  return [
    ...headerLines(subject, 'Rules for Azure Firewall'),
    ...unresolvedLines(subject.destinations),
    ...(names.length === 0
      ? []
      : [
          `Network rules with names (${names.join(', ')}) work only while the DNS proxy of the firewall policy is on and the nodes use the firewall as their DNS server.`,
        ]),
    'terminateTLS is false in every rule: no rule requests TLS inspection.',
    ...pitfallLines(subject),
  ]
}

const collection = (name: string, priority: number, rules: readonly object[]) => ({
  ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
  name,
  priority,
  action: { type: 'Allow' },
  rules,
})

interface Merged {
  readonly name: string
  readonly first: Destination
  readonly description: string
}

/** One rule per host and port. */
function merged(destinations: readonly Destination[]): readonly Merged[] {
  const usedNames = new Set<string>()
  return [...Map.groupBy(destinations, ({ host, port, tls }) => `${host} ${port} ${tls}`).values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const baseName = first.id.replace(/[^\w.-]/g, '-').slice(0, nameLimit - 4)
    let name = baseName
    for (let count = 2; usedNames.has(name); count += 1) name = `${baseName}-${count}`
    usedNames.add(name)
    return [{ name, first, description: text(group.map(ruleText).join(' | ')).slice(0, descriptionLimit) }]
  })
}

const sourceAddresses = "[parameters('sourceAddresses')]"

const applicationRule = ({ name, first, description }: Merged): object => ({
  ruleType: 'ApplicationRule',
  name,
  description,
  sourceAddresses,
  protocols: [{ protocolType: first.tls ? 'Https' : 'Http', port: first.port }],
  targetFqdns: [first.host],
  terminateTLS: false,
})

const networkRule = ({ name, first, description }: Merged): object => ({
  ruleType: 'NetworkRule',
  name,
  description,
  ipProtocols: ['TCP'],
  sourceAddresses,
  ...(first.addressRanges.length > 0
    ? { destinationAddresses: first.addressRanges }
    : isIP(first.host) === 0
      ? { destinationFqdns: [first.host] }
      : { destinationAddresses: [first.host] }),
  destinationPorts: [String(first.port)],
})

const nodeRules: readonly object[] = [
  { name: 'nodes-dns', ipProtocols: ['UDP', 'TCP'], servers: 'dnsServers', port: '53' },
  { name: 'nodes-ntp', ipProtocols: ['UDP'], servers: 'timeServers', port: '123' },
].map(({ name, ipProtocols, servers, port }) => ({
  ruleType: 'NetworkRule',
  name,
  description: 'Every node needs it.',
  ipProtocols,
  sourceAddresses,
  destinationAddresses: `[parameters('${servers}')]`,
  destinationPorts: [port],
}))
