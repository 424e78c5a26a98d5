import { at, type KubernetesObject, nameOf, numberAt, textAt } from '../../observe/kubernetes-object.ts'
import type { PlacedObject } from '../../observe/live-objects.ts'
import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'
import { podsOf } from '../rules/pods.ts'
import { selects } from '../rules/selectors.ts'

/** A number, or a share of the pods that is rounded up, as the disruption controller does. */
function pods(value: unknown, total: number): number | undefined {
  if (typeof value === 'number') return value
  const [, percent] = /^(\d+)%$/.exec(String(value ?? '')) ?? []
  return percent === undefined ? undefined : Math.ceil((Number(percent) / 100) * total)
}

/** Pure. `existing`: budgets in the namespaces of the plane. */
export function compareBudgets(placed: readonly PlacedObject[], existing: readonly KubernetesObject[]): CheckOutcome {
  const workloads = podsOf(placed)
  const rendered = placed.flatMap(({ object, namespace }) => {
    if (object.kind !== 'PodDisruptionBudget') return []
    const selected = workloads.filter(
      (pod) => pod.namespace === namespace && selects(at(object, 'spec', 'selector'), pod.metadata?.labels ?? {}),
    )
    const total = selected.reduce((sum, { count }) => sum + (count ?? 0), 0)
    if (total === 0) return []
    const least = pods(at(object, 'spec', 'minAvailable'), total)
    const most = pods(at(object, 'spec', 'maxUnavailable'), total)
    const allowed = most ?? (least === undefined ? total : total - least)
    return allowed > 0 ? [] : [`${namespace}/${nameOf(object)}: permits 0 of ${total} pods to be evicted`]
  })
  const live = existing.flatMap((budget) => {
    const isBlocked =
      numberAt(budget, 'status', 'disruptionsAllowed') === 0 && (numberAt(budget, 'status', 'expectedPods') ?? 0) > 0
    return isBlocked
      ? [
          `${textAt(budget, 'metadata', 'namespace')}/${nameOf(budget)}: permits no eviction now, ${numberAt(budget, 'status', 'currentHealthy')} of ${numberAt(budget, 'status', 'desiredHealthy')} needed pods are healthy`,
        ]
      : []
  })
  const faults = [...rendered, ...live]
  if (
    rendered.length === 0 &&
    existing.length === 0 &&
    !placed.some(({ object }) => object.kind === 'PodDisruptionBudget')
  )
    return skipped('The plane has no disruption budgets.')
  if (faults.length === 0) return pass('The disruption budgets permit evictions.')
  return {
    verdict: 'warn',
    message: `Disruption budgets that block the drain of a node: ${summary(faults, 3)}.`,
    hint: 'Raise the replicas, or lower minAvailable, in the values.',
    evidence: faults.join('\n'),
  }
}

export const pdbDrain = defineCheck({
  id: 'pdb.drain',
  title: 'Disruption budgets',
  category: 'nodes',
  severity: 'warn',
  needs: ['placed', 'disruptionBudgets'],
  about:
    'Each PodDisruptionBudget of the charts, and those that exist in their namespaces, permits at least one eviction. Otherwise a node cannot be drained, and an upgrade of the node pool stops.',
  remedy:
    'Run two replicas or more, or set `maxUnavailable: 1`. AKS, EKS and GKE end an upgrade of a node pool with an error, or evict the pods by force after a time-out (GKE: one hour).',
  decide: ({ placed, disruptionBudgets }) => compareBudgets(placed, disruptionBudgets ?? []),
})
