import { at, conditionOf, type KubernetesObject, listAt, nameOf, textAt } from '../observe/kubernetes-object.ts'
import { type Check, pass } from './check.ts'

/** Whether ordinary pods may be placed on it now. */
export const isUsable = (node: KubernetesObject): boolean => whyNot(node) === undefined

function whyNot(node: KubernetesObject): string | undefined {
  const ready = conditionOf(node, 'Ready')
  if (ready?.status !== 'True') return `not ready: ${ready?.message || ready?.reason || 'it has not reported'}`
  if (at(node, 'spec', 'unschedulable') === true) return 'cordoned'
  const taint = listAt(node, 'spec', 'taints').find((found) => textAt(found, 'effect') !== 'PreferNoSchedule')
  return taint === undefined ? undefined : `tainted ${textAt(taint, 'key')}:${textAt(taint, 'effect')}`
}

export const nodeReady: Check = {
  id: 'node.ready',
  title: 'Nodes are ready',
  strict: true,
  async look(facts) {
    const nodes = await facts.nodes()
    if (nodes === undefined)
      return { verdict: 'unknown', message: 'This user may not list nodes.', hint: 'Ask for "list nodes".' }
    const needed = facts.scene.loaded.profile.requirements.nodes ?? 1
    const usable = nodes.filter(isUsable)
    const others = nodes.filter((node) => !isUsable(node)).map((node) => `${nameOf(node)}: ${whyNot(node)}`)
    const message = `${usable.length} of ${nodes.length} nodes take pods; ${needed} needed.`
    const evidence = others.join('\n')
    const hint =
      'See why the others do not: a node must be Ready, not cordoned and without a taint that keeps pods away.'
    if (usable.length < needed) return { verdict: 'fail', message, hint, evidence }
    const sick = nodes.filter((node) => conditionOf(node, 'Ready')?.status !== 'True')
    return sick.length > 0 ? { verdict: 'warn', message, hint, evidence } : pass(message, evidence)
  },
}
