import { at, conditionOf, type KubernetesObject, listAt, nameOf, textAt } from '../observe/kubernetes-object.ts'
import { type Check, type CheckOutcome, pass } from './check.ts'

export const nodesNotListed: CheckOutcome = {
  verdict: 'unknown',
  message: 'This user is not permitted to list nodes.',
  hint: 'Ask the cluster administrator for the permission "list nodes".',
}

/** Whether the scheduler can place ordinary pods on the node. */
export const isSchedulable = (node: KubernetesObject): boolean => obstacle(node) === undefined

function obstacle(node: KubernetesObject): string | undefined {
  const ready = conditionOf(node, 'Ready')
  if (ready?.status !== 'True') return `not ready: ${ready?.message || ready?.reason || 'no status reported'}`
  if (at(node, 'spec', 'unschedulable') === true) return 'cordoned'
  const taint = listAt(node, 'spec', 'taints').find((each) => textAt(each, 'effect') !== 'PreferNoSchedule')
  return taint === undefined ? undefined : `tainted ${textAt(taint, 'key')}:${textAt(taint, 'effect')}`
}

export const nodeReady: Check = {
  id: 'node.ready',
  title: 'Node readiness',
  strict: true,
  async run(facts) {
    const nodes = await facts.nodes()
    if (nodes === undefined) return nodesNotListed
    const needed = facts.session.loaded.profile.requirements.nodes ?? 1
    const schedulable = nodes.filter(isSchedulable)
    const obstacles = nodes.flatMap((node) => {
      const why = obstacle(node)
      return why === undefined ? [] : [`${nameOf(node)}: ${why}`]
    })
    const message = `${schedulable.length} of ${nodes.length} nodes accept pods; ${needed} needed.`
    const evidence = obstacles.join('\n')
    const hint =
      'Fix the nodes in the evidence: a node must be ready, not cordoned, and without taints that repel pods.'
    if (schedulable.length < needed) return { verdict: 'fail', message, hint, evidence }
    const hasUnready = nodes.some((node) => conditionOf(node, 'Ready')?.status !== 'True')
    return hasUnready ? { verdict: 'warn', message, hint, evidence } : pass(message, evidence)
  },
}
