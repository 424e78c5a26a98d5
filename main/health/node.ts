import { type Condition, conditionsOf, degradedBy, formatCondition, healthyBy } from './conditions.ts'
import { listIn, textIn } from './fields.ts'
import { ageMs, nodeStartLimitMs, progressingUntil } from './limits.ts'
import type { Assessment, Rule } from './object.ts'

/** The kubelet's own conditions and those of the node problem detector are True when something is wrong. */
const abnormal =
  /Pressure$|Unavailable$|Deadlock|ReadonlyFilesystem|^Frequent|Corrupt|Unhealthy|Problem$|Failed$|Error$/
/** `NetworkingReady` and others of the node monitoring agent of EKS: https://docs.aws.amazon.com/eks/latest/userguide/node-health-nma.html */
const partReady = /.Ready$/
/** Set until the cloud controller or the network plugin has prepared the node. */
const startupTaint = /(uninitialized|agent-not-ready|karpenter\.sh\/unregistered)$/
/** Set by an autoscaler that drains the node. */
const removalTaint = /^(ToBeDeletedByClusterAutoscaler|karpenter\.sh\/disrupted)$/

/** https://kubernetes.io/docs/reference/node/node-status/#condition */
export const node: Rule = ({ metadata, spec, status }, nowMs) => {
  const conditions = conditionsOf(status)
  const ready = conditions.get('Ready')
  if (ready === undefined) return { health: 'progressing', reason: 'No status reported yet' }
  if (ready.status === 'False') return notReady(ready, metadata.creationTimestamp, nowMs)
  if (ready.status !== 'True') return { health: 'unknown', reason: formatCondition(ready), since: ready.since }
  const wrong = [...conditions.values()].find(
    ({ type, status: is }) => (is === 'True' && abnormal.test(type)) || (is === 'False' && partReady.test(type)),
  )
  if (wrong !== undefined) {
    const { health, reason, since } = degradedBy(wrong)
    return { health, reason: `${wrong.type}: ${reason}`, since }
  }
  const taints = listIn(spec, 'taints')
  if (spec?.unschedulable === true) {
    const cordoned = taints.find(({ key }) => key === 'node.kubernetes.io/unschedulable')
    return {
      health: 'suspended',
      reason: 'SchedulingDisabled: cordoned, no new pods are scheduled',
      since: textIn(cordoned, 'timeAdded'),
    }
  }
  const removal = taints.map((taint) => textIn(taint, 'key') ?? '').find((key) => removalTaint.test(key))
  if (removal !== undefined) return { health: 'progressing', reason: `It is being removed: taint ${removal}` }
  const startup = taints.map((taint) => textIn(taint, 'key') ?? '').find((key) => startupTaint.test(key))
  if (startup !== undefined) return { health: 'progressing', reason: `No pods are scheduled yet: taint ${startup}` }
  return healthyBy(ready)
}

/** A node that has just joined has no network yet. */
function notReady(ready: Condition, created: string | undefined, nowMs: number): Assessment {
  const isNew = created !== undefined && ageMs(created, nowMs) < nodeStartLimitMs
  if (!isNew) return degradedBy(ready)
  return progressingUntil(nodeStartLimitMs, { reason: formatCondition(ready), since: created }, nowMs)
}
