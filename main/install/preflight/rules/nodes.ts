import { at, conditionOf, type KubernetesObject, listAt, textAt } from '../../observe/kubernetes-object.ts'
import { notPermitted } from '../check.ts'

export const nodesNotListed = notPermitted('list nodes')

/** Set by the node controller and the cloud provider until the node's network works. */
const networkTaints = new Set(['node.kubernetes.io/not-ready', 'node.kubernetes.io/network-unavailable'])

/**
 * Whether the node lacks nothing but a network plugin: the kubelet then reports `cni plugin not initialized`
 * (containerd) or `NetworkPluginNotReady`.
 */
export function awaitsNetworkPlugin(node: KubernetesObject): boolean {
  const ready = conditionOf(node, 'Ready')
  const unavailable = conditionOf(node, 'NetworkUnavailable')?.status === 'True'
  return (
    (ready?.status === 'False' && /cni|NetworkPluginNotReady|NetworkReady=false/i.test(ready.message)) || unavailable
  )
}

/** Why the scheduler places no ordinary pods on the node; undefined if it does. */
export function obstacle(node: KubernetesObject): string | undefined {
  const ready = conditionOf(node, 'Ready')
  if (ready?.status !== 'True') return `not ready: ${ready?.message || ready?.reason || 'no status reported'}`
  if (at(node, 'spec', 'unschedulable') === true) return 'cordoned'
  const taint = repellingTaint(node)
  return taint === undefined ? undefined : `tainted ${textAt(taint, 'key')}:${textAt(taint, 'effect')}`
}

const repellingTaint = (node: KubernetesObject): unknown =>
  listAt(node, 'spec', 'taints').find((each) => textAt(each, 'effect') !== 'PreferNoSchedule')

export const isSchedulable = (node: KubernetesObject): boolean => obstacle(node) === undefined

/** Whether it accepts pods once the plane has installed its network plugin. */
export const isSchedulableWithNetwork = (node: KubernetesObject): boolean =>
  isSchedulable(node) ||
  (awaitsNetworkPlugin(node) &&
    at(node, 'spec', 'unschedulable') !== true &&
    listAt(node, 'spec', 'taints').every((taint) => networkTaints.has(textAt(taint, 'key') ?? '')))
