import { type KubernetesObject, nameOf, textAt } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, notPermitted, pass } from '../check.ts'
import {
  type Amount,
  amountAt,
  fits,
  format,
  isUnreadable,
  larger,
  minus,
  none,
  plus,
  podRequests,
  read,
  times,
} from '../rules/amounts.ts'
import { networkPluginsIn } from '../rules/network-plugins.ts'
import { isSchedulable, isSchedulableWithNetwork } from '../rules/nodes.ts'
import { absentReleases, podsOf } from '../rules/pods.ts'

/** Pure. `needed`: for the whole plane. `workloads`: those that are not installed yet. */
export function compareCapacity(
  nodes: readonly KubernetesObject[],
  pods: readonly KubernetesObject[],
  needed: Amount,
  workloads: readonly KubernetesObject[],
  accepts: (node: KubernetesObject) => boolean = isSchedulable,
): CheckOutcome {
  const schedulable = nodes.filter(accepts)
  const free = new Map(schedulable.map((node) => [nameOf(node), amountAt(node, 'status', 'allocatable')]))
  for (const pod of pods) {
    const node = textAt(pod, 'spec', 'nodeName') ?? ''
    const left = free.get(node)
    if (left) free.set(node, minus(left, podRequests(pod.spec)))
  }
  const total = [...free.values()].reduce(plus, none)
  const requests = podsOf(workloads.map((object) => ({ release: '', releaseNamespace: '', namespace: '', object })))
    .filter(({ workload }) => !workload.startsWith('CronJob '))
    .map(({ workload, spec, count = schedulable.length }) => ({ workload, pod: podRequests(spec), count }))
  const rendered = requests.map(({ pod, count }) => times(pod, count)).reduce(plus, none)
  const required = larger(needed, rendered)
  const unreadable = [
    ...(isUnreadable(needed) ? ["the profile's requirements"] : []),
    ...requests.filter(({ pod }) => isUnreadable(pod)).map(({ workload }) => workload),
    ...(isUnreadable(total) ? ['the nodes and their pods'] : []),
  ]
  if (unreadable.length > 0) {
    return {
      verdict: 'unknown',
      message: 'A CPU or memory request is not a Kubernetes quantity.',
      hint: 'Write quantities as 500m, 2, 512Mi or 1.5Gi.',
      evidence: unreadable.join('\n'),
    }
  }
  const evidence = [...free].map(([name, left]) => `${name}: ${format(left)} free`).join('\n')
  const hint = 'Add a node, or reduce the requests of other workloads.'
  if (!fits(required, total))
    return { verdict: 'fail', message: `${format(required)} needed; ${format(total)} are free.`, hint, evidence }
  const tooLarge = requests.find(({ pod }) => ![...free.values()].some((left) => fits(pod, left)))
  if (tooLarge) {
    return {
      verdict: 'fail',
      message: `No node has room for a pod that requests ${format(tooLarge.pod)}.`,
      hint: 'Add a larger node.',
      evidence,
    }
  }
  return pass(`${format(required)} needed; ${format(total)} are free.`, evidence)
}

export const nodeCapacity = defineCheck({
  id: 'node.capacity',
  title: 'Node capacity',
  category: 'nodes',
  severity: 'strict',
  needs: ['profile', 'nodes', 'pods', 'desired', 'rendered', 'observed'],
  about:
    'Compares the requests of all rendered pods, and `requirements.cpu` and `requirements.memory` of the profile, with what the pods on the nodes leave of the allocatable amount. The largest pod must fit on one node. Installed releases count by their pods.',
  remedy:
    'Add a node or a larger one: the node pool of AKS, the node group of EKS, the node pool of GKE, or a machine. An autoscaler adds nodes only for pods that are Pending already, so this check fails before it does; raise its minimum.',
  decide({ profile, nodes, pods, desired, rendered, observed }) {
    if (nodes === undefined || pods === undefined) return notPermitted('list nodes', 'list pods')
    const absent = absentReleases(desired, observed)
    const { cpu = '0', memory = '0' } = profile.requirements
    const whole = { cpu: read(cpu), memory: read(memory) }
    const bringsNetwork = networkPluginsIn([...rendered.values()].flat()).length > 0
    return compareCapacity(
      nodes,
      pods,
      // Installed releases are already counted by their pods.
      absent.size === desired.releases.length ? whole : none,
      [...absent].flatMap((name) => rendered.get(name) ?? []),
      bringsNetwork ? isSchedulableWithNetwork : isSchedulable,
    )
  },
})
