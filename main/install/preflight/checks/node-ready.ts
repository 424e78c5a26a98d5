import { conditionOf, type KubernetesObject, nameOf } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, pass } from '../check.ts'
import { networkPluginsIn } from '../rules/network-plugins.ts'
import {
  awaitsNetworkPlugin,
  isSchedulable,
  isSchedulableWithNetwork,
  nodesNotListed,
  obstacle,
} from '../rules/nodes.ts'

/** Pure. `bringsNetwork`: the charts of the plane contain a network plugin. */
export function compareReadiness(
  nodes: readonly KubernetesObject[],
  needed: number,
  bringsNetwork: boolean,
): CheckOutcome {
  const obstacles = nodes.flatMap((node) => {
    const why = obstacle(node)
    return why === undefined ? [] : [`${nameOf(node)}: ${why}`]
  })
  const schedulable = nodes.filter(bringsNetwork ? isSchedulableWithNetwork : isSchedulable)
  const waiting = schedulable.filter((node) => !isSchedulable(node))
  const evidence = obstacles.join('\n')
  if (waiting.length > 0 && schedulable.length >= needed) {
    return pass(
      `${nodes.length - obstacles.length} of ${nodes.length} nodes accept pods; ${waiting.length} become ready with the network plugin of this plane.`,
      evidence,
    )
  }
  const message = `${schedulable.length} of ${nodes.length} nodes accept pods; ${needed} needed.`
  const lacksNetwork = nodes.some(awaitsNetworkPlugin) && !bringsNetwork
  const hint = lacksNetwork
    ? 'The nodes have no network plugin (CNI). Install one first: no chart of this plane contains one.'
    : 'Fix the nodes in the evidence: a node must be ready, not cordoned, and without taints that repel pods.'
  if (schedulable.length < needed) return { verdict: 'fail', message, hint, evidence }
  const hasUnready = nodes.some((node) => conditionOf(node, 'Ready')?.status !== 'True')
  return hasUnready ? { verdict: 'warn', message, hint, evidence } : pass(message, evidence)
}

export const nodeReady = defineCheck({
  id: 'node.ready',
  title: 'Node readiness',
  category: 'nodes',
  severity: 'strict',
  needs: ['profile', 'nodes', 'rendered'],
  about:
    'At least `requirements.nodes` nodes (1 without it) are Ready, not cordoned, and without a taint that repels pods. Nodes that wait for a network plugin count if a chart of the plane brings one.',
  remedy:
    'The evidence names what keeps each node from taking pods. `kubectl uncordon NODE` ends a cordon; `kubectl taint node NODE KEY-` removes a taint. The taint `node.cilium.io/agent-not-ready` stays behind an uninstalled Cilium. For a node that is not ready, read the log of its kubelet.',
  decide: ({ profile, nodes, rendered }) =>
    nodes === undefined
      ? nodesNotListed
      : compareReadiness(
          nodes,
          profile.requirements.nodes ?? 1,
          networkPluginsIn([...rendered.values()].flat()).length > 0,
        ),
})
