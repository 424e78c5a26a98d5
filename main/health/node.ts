import { conditionsOf, degradedBy, formatCondition, healthyBy } from './conditions.ts'
import { listIn, textIn } from './fields.ts'
import type { Rule } from './object.ts'

/** The kubelet's own conditions and those of the node problem detector are True when something is wrong. */
const abnormal =
  /Pressure$|Unavailable$|Deadlock|ReadonlyFilesystem|^Frequent|Corrupt|Unhealthy|Problem$|Failed$|Error$/
/** `NetworkingReady` and others of the node monitoring agent of EKS: https://docs.aws.amazon.com/eks/latest/userguide/node-health-nma.html */
const partReady = /.Ready$/
/** Set until the cloud controller or the network plugin has prepared the node. */
const startupTaint = /(uninitialized|agent-not-ready)$/

/** https://kubernetes.io/docs/reference/node/node-status/#condition */
export const node: Rule = ({ spec, status }) => {
  const conditions = conditionsOf(status)
  const ready = conditions.get('Ready')
  if (ready === undefined) return { health: 'progressing', reason: 'No status reported yet' }
  if (ready.status === 'False') return degradedBy(ready)
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
  const startup = taints.map((taint) => textIn(taint, 'key') ?? '').find((key) => startupTaint.test(key))
  if (startup !== undefined) return { health: 'progressing', reason: `No pods are scheduled yet: taint ${startup}` }
  return healthyBy(ready)
}
