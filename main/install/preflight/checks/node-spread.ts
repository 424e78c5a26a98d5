import { at, type KubernetesObject, listAt, textAt } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import { networkPluginsIn } from '../rules/network-plugins.ts'
import { isSchedulable, isSchedulableWithNetwork, nodesNotListed } from '../rules/nodes.ts'
import { podsOf, type RenderedPod } from '../rules/pods.ts'
import { selects } from '../rules/selectors.ts'

const hostname = 'kubernetes.io/hostname'

/** The label whose values the pods must differ in: by a required anti-affinity to their own kind. */
function domainOf({ spec, metadata }: RenderedPod): string | undefined {
  const terms = listAt(spec, 'affinity', 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution')
  const own = terms.find((term) => selects(at(term, 'labelSelector'), metadata?.labels ?? {}))
  return own === undefined ? undefined : (textAt(own, 'topologyKey') ?? hostname)
}

/** Whether the pod's node selector and its required node affinity accept no node at all. */
const acceptsNone = ({ spec }: RenderedPod, nodes: readonly KubernetesObject[]): boolean => {
  const selector = Object.entries(Object(at(spec, 'nodeSelector')))
  return (
    selector.length > 0 &&
    !nodes.some(({ metadata }) => selector.every(([key, value]) => metadata?.labels?.[key] === value))
  )
}

/** Pure. `nodes`: those that accept pods. */
export function compareSpread(pods: readonly RenderedPod[], nodes: readonly KubernetesObject[]): CheckOutcome {
  const faults = pods.flatMap((pod) => {
    const where = `${pod.namespace}/${pod.workload}`
    if (acceptsNone(pod, nodes)) {
      const selector = Object.entries(Object(at(pod.spec, 'nodeSelector'))).map(([key, value]) => `${key}=${value}`)
      return [`${where}: no node has the labels ${selector.join(', ')}`]
    }
    const domain = domainOf(pod)
    if (domain === undefined || pod.count === undefined) return []
    const values = new Set(nodes.flatMap(({ metadata }) => metadata?.labels?.[domain] ?? []))
    return pod.count > values.size
      ? [`${where}: ${pod.count} replicas, each on another ${domain}; the nodes have ${values.size}`]
      : []
  })
  if (pods.length === 0) return skipped('The charts contain no pods.')
  if (faults.length === 0) return pass('The nodes satisfy the node selectors and anti-affinities of the pods.')
  return {
    verdict: 'fail',
    message: `Pods that no node can take: ${summary(faults, 3)}.`,
    hint: 'Add or label nodes, or reduce the replicas in the values.',
    evidence: faults.join('\n'),
  }
}

export const nodeSpread = defineCheck({
  id: 'node.spread',
  title: 'Node selectors and replicas',
  category: 'nodes',
  severity: 'strict',
  needs: ['nodes', 'newObjects', 'rendered'],
  about:
    'For each workload, a node has the labels of its `nodeSelector`; and there are as many nodes (or zones) as replicas, where a required anti-affinity puts each on another. Otherwise pods stay Pending.',
  remedy:
    'Add nodes, in other zones where the evidence names `topology.kubernetes.io/zone`; label nodes (`kubectl label node`, or the labels of the node pool); or reduce the replicas in the values.',
  decide({ nodes, newObjects, rendered }) {
    if (nodes === undefined) return nodesNotListed
    const bringsNetwork = networkPluginsIn([...rendered.values()].flat()).length > 0
    return compareSpread(podsOf(newObjects), nodes.filter(bringsNetwork ? isSchedulableWithNetwork : isSchedulable))
  },
})
