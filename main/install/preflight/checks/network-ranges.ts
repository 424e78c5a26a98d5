import { BlockList, isIP, isIPv4 } from 'node:net'
import { at, type KubernetesObject, listAt, nameOf, textAt } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, pass, skipped } from '../check.ts'
import { ciliumOptions } from '../rules/network-plugins.ts'

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6')

function contains(range: string, address: string): boolean {
  const [network = '', prefix = ''] = range.split('/')
  if (isIP(network) === 0 || isIP(address) === 0 || familyOf(network) !== familyOf(address)) return false
  const list = new BlockList()
  list.addSubnet(network, Number(prefix || 32), familyOf(network))
  return list.check(address, familyOf(address))
}

/** Two ranges overlap if one contains the first address of the other. */
const overlap = (a: string, b: string): boolean =>
  contains(a, b.split('/')[0] ?? '') || contains(b, a.split('/')[0] ?? '')

interface Used {
  readonly range: string
  readonly of: string
}

/** Pure: what of the cluster's addresses the pod ranges of the charts overlap. */
export function compareRanges(pods: readonly string[], used: readonly Used[]): CheckOutcome {
  const overlaps = pods.flatMap((range) =>
    used
      .filter((each) => overlap(range, each.range))
      .map((each) => `${range} contains or is in ${each.range}, ${each.of}`),
  )
  const evidence = [...pods.map((range) => `${range}: pods`), ...used.map(({ range, of }) => `${range}: ${of}`)]
  if (overlaps.length === 0)
    return pass(`${pods.join(', ')} overlaps no other range of the cluster.`, evidence.join('\n'))
  return {
    verdict: 'fail',
    message: `The pod range overlaps other addresses: ${overlaps.join('; ')}.`,
    hint: 'Set another ipam.operator.clusterPoolIPv4PodCIDRList in the values of Cilium.',
    evidence: evidence.join('\n'),
  }
}

const usedRanges = (
  nodes: readonly KubernetesObject[],
  serviceRanges: readonly KubernetesObject[],
  services: readonly KubernetesObject[],
): Used[] => {
  const addresses = nodes.flatMap((node) =>
    listAt(node, 'status', 'addresses').flatMap((each) =>
      textAt(each, 'type') === 'InternalIP'
        ? [{ range: textAt(each, 'address') ?? '', of: `node ${nameOf(node)}` }]
        : [],
    ),
  )
  const ranges = serviceRanges.flatMap((range) =>
    listAt(range, 'spec', 'cidrs').map((cidr) => ({ range: String(cidr), of: 'Services' })),
  )
  // Clusters before 1.33 do not serve the range itself.
  const clusterIps =
    ranges.length > 0
      ? []
      : services
          .flatMap((service) => {
            const address = String(at(service, 'spec', 'clusterIP') ?? 'None')
            return address === 'None' ? [] : [{ range: address, of: `Service ${nameOf(service)}` }]
          })
          .slice(0, 1)
  return [...addresses, ...ranges, ...clusterIps]
}

export const networkRanges = defineCheck({
  id: 'network.ranges',
  title: 'Address ranges',
  category: 'network',
  severity: 'strict',
  needs: ['rendered', 'nodes', 'serviceRanges', 'services'],
  about:
    'If a chart of the plane brings Cilium with addresses of its own (`cluster-pool`): the pod range overlaps neither the nodes’ addresses nor the range of Services. Otherwise pods cannot reach these.',
  remedy:
    'Choose a range that the virtual network (VNet, VPC), its peers and your sites do not use either; only the cluster’s own ranges are visible here. The default of Cilium is 10.0.0.0/8, which often overlaps.',
  decide({ rendered, nodes, serviceRanges, services }) {
    const options = ciliumOptions([...rendered.values()].flat())
    const pods = [options['cluster-pool-ipv4-cidr'], options['cluster-pool-ipv6-cidr']].flatMap(
      (text) => text?.split(/[\s,]+/).filter((range) => range.includes('/')) ?? [],
    )
    if (pods.length === 0) return skipped('No chart of the plane has a range for pods.')
    return compareRanges(pods, usedRanges(nodes ?? [], serviceRanges ?? [], services ?? []))
  },
})
