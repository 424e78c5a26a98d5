import { type CheckOutcome, defineCheck, skipped } from '../check.ts'
import { ciliumOptions, networkPluginsIn } from '../rules/network-plugins.ts'
import { nodesNotListed } from '../rules/nodes.ts'
import { cloudOf, platformOf } from '../rules/platform.ts'

const owners = {
  aws: 'Allow them in the security group of the nodes, from the group itself.',
  azure:
    'The default rules of a network security group allow traffic inside the virtual network; check rules of your own.',
  gcp: 'Allow them in a firewall rule of the VPC, with the network tag of the nodes.',
  other: 'Ask the network team to allow them between all nodes.',
} as const

/** https://docs.cilium.io/en/stable/operations/system_requirements/#firewall-rules */
export function portsOf(options: Readonly<Record<string, string>>): string[] {
  const tunnel = options['tunnel-protocol'] ?? 'vxlan'
  const isNative = options['routing-mode'] === 'native'
  return [
    ...(isNative ? [] : [tunnel === 'geneve' ? '6081/udp (Geneve)' : '8472/udp (VXLAN)']),
    ...(options['enable-wireguard'] === 'true' ? ['51871/udp (WireGuard)'] : []),
    ...(options['enable-ipsec'] === 'true' ? ['ESP (IPsec)'] : []),
    '4240/tcp and ICMP (health checks)',
  ]
}

export const networkPorts = defineCheck({
  id: 'network.ports',
  title: 'Ports between nodes',
  category: 'network',
  severity: 'warn',
  needs: ['rendered', 'nodes'],
  about:
    'Lists the ports that Cilium needs between nodes. Firewalls between nodes are not visible through the API of Kubernetes, so the result is `unknown` if there is more than one node.',
  remedy:
    'AWS: rules in the security group of the nodes. Azure: the network security group of the subnet; the default allows it. Google Cloud: a VPC firewall rule. On premises: the firewall between the machines, and firewalld or nftables on them.',
  decide({ rendered, nodes }): CheckOutcome {
    const objects = [...rendered.values()].flat()
    if (!networkPluginsIn(objects).some(({ name }) => name === 'Cilium'))
      return skipped('No chart of the plane needs ports between nodes.')
    if (nodes === undefined) return nodesNotListed
    if (nodes.length < 2) return skipped('The cluster has one node.')
    const ports = portsOf(ciliumOptions(objects))
    return {
      verdict: 'unknown',
      message: `Cilium needs these ports between all nodes, and firewalls are not visible here: ${ports.join(', ')}.`,
      hint: owners[cloudOf(platformOf(nodes))],
      evidence: ports.join('\n'),
    }
  },
})
