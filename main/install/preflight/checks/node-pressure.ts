import { conditionOf, type KubernetesObject, nameOf } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, pass, skipped } from '../check.ts'
import { nodesNotListed } from '../rules/nodes.ts'

/** https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#node-conditions */
const pressures = ['DiskPressure', 'MemoryPressure', 'PIDPressure'] as const

function pressureOf(node: KubernetesObject): readonly string[] {
  return pressures.flatMap((type) => {
    const condition = conditionOf(node, type)
    return condition?.status === 'True' ? [`${type} (${condition.message || condition.reason || 'no reason'})`] : []
  })
}

/** Pure. Whether enough other nodes accept pods is the question of `node.ready`. */
export function comparePressure(nodes: readonly KubernetesObject[]): CheckOutcome {
  if (nodes.length === 0) return skipped('The cluster has no nodes.')
  const affected = nodes.flatMap((node) => {
    const reported = pressureOf(node)
    return reported.length === 0 ? [] : [`${nameOf(node)}: ${reported.join(', ')}`]
  })
  if (affected.length === 0) return pass('No node is short of disk, memory or process IDs.')
  return {
    verdict: affected.length === nodes.length ? 'fail' : 'warn',
    message: `${affected.length} of ${nodes.length} nodes are short of disk, memory or process IDs.`,
    hint: 'Free the resource on the nodes in the evidence, or add nodes. For DiskPressure, remove unused images and logs, or enlarge the disk. Until then the kubelet evicts pods and can reject new ones.',
    evidence: affected.join('\n'),
  }
}

export const nodePressure = defineCheck({
  id: 'node.pressure',
  title: 'Node pressure',
  category: 'nodes',
  severity: 'strict',
  needs: ['nodes'],
  about:
    'The conditions DiskPressure, MemoryPressure and PIDPressure of each node. The kubelet of such a node evicts pods and can reject new ones. It fails if every node has one.',
  remedy:
    'Free the resource, or add nodes. For DiskPressure, remove unused images and logs, or enlarge the disk of the node pool; the kubelet removes images itself above `imageGCHighThresholdPercent`.',
  decide: ({ nodes }) => (nodes === undefined ? nodesNotListed : comparePressure(nodes)),
})
